package io.bifocal.core.view;

import io.bifocal.core.view.ViewStore.PartDay;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The days of a model's rollups that answers show. Stored is one more: where the zone of a question is ahead of a rollup's, its
 * first day begins on the rollup's day before. Days of the ledger are all kept.
 *
 * @param from the first that is shown; empty: all are
 */
public record RetainedDays(Optional<LocalDate> from) {
    public static final RetainedDays ALL = new RetainedDays(Optional.empty());

    /** The first day that is stored, since 1970. */
    public Optional<Integer> storedFrom() {
        return from.map(first -> Math.toIntExact(first.toEpochDay()) - 1);
    }

    /** Whether a day is stored. */
    public boolean hold(String view, int day) {
        return view.equals(View.LEDGER)
                || storedFrom().map(first -> day >= first).orElse(true);
    }

    /** Those of some lines of an index whose days are stored. */
    public List<PartDay> of(Collection<PartDay> index) {
        return from.isEmpty()
                ? List.copyOf(index)
                : index.stream().filter(line -> hold(line.view(), line.day())).toList();
    }

    /** The days that others keep too. */
    public RetainedDays and(RetainedDays others) {
        boolean later = others.from
                .filter(first -> from.map(first::isAfter).orElse(true))
                .isPresent();
        return later ? others : this;
    }
}
