package io.bifocal.core.query;

import io.bifocal.core.query.Query.TimeRange;
import io.bifocal.core.time.TimeGrid;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.IntStream;

/**
 * The range of a query in epoch seconds, and which days of it matter.
 *
 * @param from inclusive; the least number where the range has no beginning
 * @param to exclusive; the greatest number where it has no end
 */
record Span(TimeRange range, long from, long to) {
    private static final int DAYS_PER_YEAR = 366;
    /** About a century: a longer history is checked on the days that have events alone. */
    private static final int MOST_DAYS = 36_600;
    /** Where a model has no events and a query no bounds, its zone is judged by the year 2000. */
    private static final long A_MODERN_YEAR = 946_684_800L;

    static Span of(TimeRange range) {
        return new Span(
                range,
                range.from().map(Instant::getEpochSecond).orElse(Long.MIN_VALUE),
                range.to().map(Span::ceiling).orElse(Long.MAX_VALUE));
    }

    /** Whether a day, as the grid counts them, has seconds of the range. */
    boolean touches(TimeGrid grid, int day) {
        return (range.from().isEmpty() || day >= grid.dayOf(from))
                && (range.to().isEmpty() || day <= grid.dayOf(to - 1));
    }

    boolean beginsOn(TimeGrid grid) {
        return fits(range.from(), grid);
    }

    boolean endsOn(TimeGrid grid) {
        return fits(range.to(), grid);
    }

    /**
     * The days on which boundaries of rows must be boundaries of buckets: where there are events, and in between.
     *
     * @param held days within the range that have rows
     */
    List<Integer> checkedDays(TimeGrid grid, SortedSet<Integer> held) {
        if (held.isEmpty()) {
            int first = grid.dayOf(probe());
            return IntStream.range(first, first + DAYS_PER_YEAR)
                    .filter(day -> touches(grid, day))
                    .boxed()
                    .toList();
        }
        if (held.last() - held.first() <= MOST_DAYS) {
            return IntStream.rangeClosed(held.first(), held.last()).boxed().toList();
        }
        return new ArrayList<>(held);
    }

    private long probe() {
        if (range.from().isPresent()) {
            return from;
        }
        return range.to().isPresent() ? to - DAYS_PER_YEAR * 86_400L : A_MODERN_YEAR;
    }

    private static Optional<Long> wholeSecond(Instant time) {
        long second = time.getEpochSecond();
        return Instant.ofEpochSecond(second).equals(time) ? Optional.of(second) : Optional.empty();
    }

    private static long ceiling(Instant time) {
        return wholeSecond(time).orElse(time.getEpochSecond() + 1);
    }

    /** Whether a bound, where there is one, stands between two buckets. */
    static boolean fits(Optional<Instant> bound, TimeGrid grid) {
        return bound.isEmpty() || wholeSecond(bound.get()).filter(grid::starts).isPresent();
    }
}
