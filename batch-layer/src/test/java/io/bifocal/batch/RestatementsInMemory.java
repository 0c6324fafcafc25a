package io.bifocal.batch;

import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.reconciliation.Restatement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What one model's publications told. */
final class RestatementsInMemory implements RestatementBooks {
    final List<Restatement> moves = new ArrayList<>();
    final List<Reconciliation> summaries = new ArrayList<>();

    @Override
    public Consumer<List<Restatement>> moves(String model, String reconciliation) {
        return moves::addAll;
    }

    @Override
    public void publish(String model, Reconciliation summary) {
        summaries.add(summary);
    }

    Reconciliation last() {
        return summaries.get(summaries.size() - 1);
    }

    /** Of the last publication. */
    List<Restatement> lastMoves() {
        return moves.stream().filter(move -> move.at().equals(last().at())).toList();
    }

    List<Restatement> of(Cause cause) {
        return lastMoves().stream()
                .filter(move -> move.causes().stream().anyMatch(each -> each.cause() == cause))
                .toList();
    }
}
