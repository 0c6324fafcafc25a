package io.bifocal.core.query;

import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.query.Query.Fill;
import io.bifocal.core.query.RowMerger.Group;
import io.bifocal.core.query.RowMerger.GroupKey;
import io.bifocal.core.query.RowMerger.Merging;
import io.bifocal.core.time.TimeGrid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** Lays groups out in time where rows depend on others: buckets without events that are filled in, windows that cumulate. */
final class Timeline {
    private final Query query;
    private final TimeGrid rows;
    private final Map<CumulativeMetric, Merging> cumulative;
    private final long mostFilled;

    /** @param cumulative metrics, with how the groups of their windows are merged */
    Timeline(Query query, Map<CumulativeMetric, Merging> cumulative, long mostFilled) {
        this.query = query;
        this.rows = new TimeGrid(
                query.time().granularity().orElseThrow(), query.time().zone());
        this.cumulative = cumulative;
        this.mostFilled = mostFilled;
    }

    /** Whether a query's rows depend on one another. */
    static boolean needed(Query query, List<CumulativeMetric> cumulative) {
        return query.time().granularity().isPresent() && (query.time().fill() != Fill.NONE || !cumulative.isEmpty());
    }

    /**
     * A row's groups.
     *
     * @param group of its own events; null where there are none
     * @param windows what each cumulative metric goes over, by its name; without those that go over nothing
     */
    record Cell(GroupKey key, Group group, Map<String, Group> windows) {}

    /** All rows of one combination of dimensions, by time. */
    private static final class Series {
        private final TreeMap<Long, Group> within = new TreeMap<>();
        private final TreeMap<Long, Group> earlier = new TreeMap<>();
    }

    /** Hands over the cells, those of one series after another. */
    void each(RowMerger merger, Consumer<Cell> use) {
        Map<List<Object>, Series> all = new HashMap<>();
        merger.groups().forEach((key, group) -> series(all, key).within.put(key.time(), group));
        merger.earlier().forEach((key, group) -> series(all, key).earlier.put(key.time(), group));
        long[] filled = query.time().fill() == Fill.NONE ? new long[0] : buckets(merger, all.size());
        all.forEach((dimensions, series) -> lay(dimensions, series, filled, use));
    }

    private static Series series(Map<List<Object>, Series> all, GroupKey key) {
        return all.computeIfAbsent(key.dimensions(), dimensions -> new Series());
    }

    private void lay(List<Object> dimensions, Series series, long[] filled, Consumer<Cell> use) {
        List<Window> windows = new ArrayList<>();
        cumulative.forEach((metric, merging) -> windows.add(new Window(metric, merging, series)));
        LongStream times = filled.length > 0
                ? LongStream.of(filled)
                : series.within.keySet().stream().mapToLong(Long::longValue);
        times.forEach(time -> {
            Map<String, Group> cumulated = new HashMap<>();
            for (Window window : windows) {
                Group merged = window.upTo(time);
                if (merged != null) {
                    cumulated.put(window.metric.name(), merged);
                }
            }
            use.accept(new Cell(new GroupKey(time, dimensions), series.within.get(time), cumulated));
        });
    }

    /** The window of one metric on its way along one series. */
    private final class Window {
        private final CumulativeMetric metric;
        private final SlidingMerge merge;
        private final TreeMap<Long, List<Group>> ahead = new TreeMap<>();

        Window(CumulativeMetric metric, Merging merging, Series series) {
            this.metric = metric;
            this.merge = new SlidingMerge(
                    merging, metric.window().isPresent() || metric.grainToDate().isPresent());
            series.earlier.forEach((time, group) ->
                    ahead.computeIfAbsent(time, t -> new ArrayList<>()).add(group));
            series.within.forEach((time, group) ->
                    ahead.computeIfAbsent(time, t -> new ArrayList<>()).add(group));
        }

        /** The window that ends with this bucket, which is after those before; null where it is empty. */
        Group upTo(long bucket) {
            long start = Accumulation.start(metric, rows, bucket);
            merge.dropBefore(start);
            while (!ahead.isEmpty() && ahead.firstKey() <= bucket) {
                long time = ahead.firstKey();
                List<Group> groups = ahead.remove(time);
                if (time >= start) {
                    groups.forEach(group -> merge.add(time, group));
                }
            }
            return merge.merged();
        }
    }

    /** Every bucket of the range; where it has no bounds, of the time between the first and the last row. */
    private long[] buckets(RowMerger merger, int series) {
        Span span = Span.of(query.time());
        LongStream times = merger.groups().keySet().stream().mapToLong(GroupKey::time);
        long[] held = times.sorted().toArray();
        boolean bounded = query.time().from().isPresent() && query.time().to().isPresent();
        if (series == 0 || (held.length == 0 && !bounded)) {
            return new long[0];
        }
        long first = query.time().from().isPresent() ? rows.floor(span.from()) : held[0];
        long end = query.time().to().isPresent() ? span.to() : rows.next(held[held.length - 1]);
        LongStream.Builder buckets = LongStream.builder();
        long count = 0;
        for (long bucket = first; bucket < end; bucket = rows.next(bucket)) {
            TooManyRows.requireFilled(++count * series, mostFilled, query);
            buckets.add(bucket);
        }
        return buckets.build().toArray();
    }
}
