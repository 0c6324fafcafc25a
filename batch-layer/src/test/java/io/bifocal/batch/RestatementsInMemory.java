package io.bifocal.batch;

import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.reconciliation.Restatement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What one model's publications told. */
final class RestatementsInMemory implements RestatementBooks {
    final List<Restatement> moves = new ArrayList<>();
    final List<Reconciliation> summaries = new ArrayList<>();
    private final Map<String, List<Restatement>> told = new HashMap<>();
    Runnable beforeSummary = () -> {};

    @Override
    public Consumer<List<Restatement>> moves(String model, String reconciliation) {
        // Rows are keyed by their reconciliation: told again, they are written over.
        moves.removeAll(told.getOrDefault(reconciliation, List.of()));
        List<Restatement> mine = new ArrayList<>();
        told.put(reconciliation, mine);
        return some -> {
            mine.addAll(some);
            moves.addAll(some);
        };
    }

    @Override
    public void publish(String model, Reconciliation summary) {
        beforeSummary.run();
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
