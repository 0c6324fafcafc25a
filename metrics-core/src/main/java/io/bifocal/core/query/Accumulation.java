package io.bifocal.core.query;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.query.Query.TimeRange;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeGrid;
import io.bifocal.core.time.TimeWindow;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Over which rows a cumulative metric goes: those whose buckets begin in its window, which ends with the row's own bucket. The
 * one place where that is said.
 */
final class Accumulation {
    /** Where a window begins that holds all of history. */
    static final long BEGINNING = Long.MIN_VALUE;

    private Accumulation() {}

    /** Where the window of a row begins, in epoch seconds. */
    static long start(CumulativeMetric metric, TimeGrid rows, long bucket) {
        if (metric.window().isPresent()) {
            return metric.window().get().start(rows.next(bucket), rows.zone());
        }
        return metric.grainToDate()
                .map(grain -> new TimeGrid(grain, rows.zone()).floor(bucket))
                .orElse(BEGINNING);
    }

    /** From where on rows are needed: the range's beginning, or that of its first window. */
    static long reach(List<CumulativeMetric> metrics, TimeRange range) {
        Span span = Span.of(range);
        if (metrics.isEmpty() || range.from().isEmpty()) {
            return span.from();
        }
        TimeGrid rows = new TimeGrid(range.granularity().orElseThrow(), range.zone());
        long first = rows.floor(span.from());
        return metrics.stream().mapToLong(metric -> start(metric, rows, first)).reduce(span.from(), Math::min);
    }

    /**
     * Refuses rows that windows are not made of.
     *
     * @throws io.bifocal.core.error.BifocalException {@code BAD_QUERY}
     */
    static void requireFit(List<CumulativeMetric> metrics, Optional<Granularity> granularity) {
        for (CumulativeMetric metric : metrics) {
            if (granularity.filter(rows -> fits(metric, rows)).isPresent()) {
                continue;
            }
            List<String> fitting = Arrays.stream(Granularity.values())
                    .filter(rows -> fits(metric, rows))
                    .map(Granularity::text)
                    .toList();
            throw Errors.of(
                    ErrorCode.BAD_QUERY,
                    "Metric " + metric.name() + " cumulates over " + describe(metric)
                            + granularity
                                    .map(rows -> ", which are not made of rows by " + rows.text() + ".")
                                    .orElse(", so it has a value at a time, and the rows have none."),
                    "Ask for one of the granularities " + String.join(", ", fitting) + ".",
                    Map.of("metric", metric.name(), "granularities", fitting));
        }
    }

    /** Whether all of these windows are made of whole rows. */
    static boolean fit(List<CumulativeMetric> metrics, Granularity rows) {
        return metrics.stream().allMatch(metric -> fits(metric, rows));
    }

    /** Whether a row's window is made of whole rows: the reason why an answer by month is not off by days. */
    private static boolean fits(CumulativeMetric metric, Granularity rows) {
        return metric.window().map(window -> window.madeOf(rows)).orElse(true)
                && metric.grainToDate()
                        .map(grain -> new TimeWindow(1, grain).madeOf(rows))
                        .orElse(true);
    }

    private static String describe(CumulativeMetric metric) {
        return metric.window()
                .map(TimeWindow::toString)
                .or(() -> metric.grainToDate().map(grain -> "each " + grain.text() + " to date"))
                .orElse("all of history");
    }

    /** As a bound of a range; empty: there is none. */
    static Optional<Instant> bound(long second) {
        return second == BEGINNING ? Optional.empty() : Optional.of(Instant.ofEpochSecond(second));
    }
}
