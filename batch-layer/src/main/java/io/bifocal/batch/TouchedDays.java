package io.bifocal.batch;

import io.bifocal.core.cut.GenerationWriter.ViewDay;
import io.bifocal.core.view.RetainedDays;
import io.bifocal.core.view.View;
import java.io.Serializable;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/**
 * The days of each view that some records fall into. A view's day is computed by the view itself, in its own zone: a London
 * day spans two UTC days.
 */
final class TouchedDays implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Ranges of event time beyond which the closest are joined: a longer condition costs more than it skips. */
    private static final int MAX_RANGES = 64;

    private final TreeMap<String, TreeSet<Integer>> days = new TreeMap<>();

    /** From {@code start} up to, excluding, {@code end}, in epoch seconds. */
    record Range(long start, long end) {}

    TouchedDays(Collection<ViewDay> touched) {
        touched.forEach(
                day -> days.computeIfAbsent(day.view(), view -> new TreeSet<>()).add(day.day()));
    }

    /** These days and more. */
    TouchedDays with(Set<ViewDay> more) {
        Set<ViewDay> all = asSet();
        all.addAll(more);
        return new TouchedDays(all);
    }

    /** Those of these days that are kept. */
    TouchedDays within(RetainedDays retained) {
        return new TouchedDays(asSet().stream()
                .filter(day -> retained.hold(day.view(), day.day()))
                .toList());
    }

    boolean contains(String view, int day) {
        return days.getOrDefault(view, new TreeSet<>()).contains(day);
    }

    Set<ViewDay> asSet() {
        Set<ViewDay> all = new HashSet<>();
        days.forEach((view, touched) -> touched.forEach(day -> all.add(new ViewDay(view, day))));
        return all;
    }

    int count() {
        return days.values().stream().mapToInt(Set::size).sum();
    }

    /** The days of one view. */
    Set<Integer> of(String view) {
        return days.getOrDefault(view, new TreeSet<>());
    }

    /** The condition on archived events to fall into a touched day of some rollup, or not far beside one. */
    Column holdsEventTime(List<View> views) {
        return ranges(views).stream()
                .map(range -> functions
                        .col(ArchiveSchema.EVENT_TIME)
                        .geq(Instant.ofEpochSecond(range.start()))
                        .and(functions.col(ArchiveSchema.EVENT_TIME).lt(Instant.ofEpochSecond(range.end()))))
                .reduce(functions.lit(false), Column::or);
    }

    /** The condition on archived records to have arrived on a touched day of the ledger. */
    Column holdsArrival() {
        return functions
                .col(ArchiveSchema.INGEST_DATE)
                .isin(of(View.LEDGER).stream().map(LocalDate::ofEpochDay).toArray());
    }

    List<Range> ranges(List<View> views) {
        SortedMap<Long, Long> sorted = new TreeMap<>();
        for (View view : views) {
            if (view.rollup()) {
                of(view.name())
                        .forEach(day -> sorted.merge(
                                view.grid().dayStart(day), view.grid().dayStart(day + 1), Math::max));
            }
        }
        List<Range> joined = new ArrayList<>();
        sorted.forEach((start, end) -> {
            Range last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last != null && start <= last.end()) {
                joined.set(joined.size() - 1, new Range(last.start(), Math.max(last.end(), end)));
            } else {
                joined.add(new Range(start, end));
            }
        });
        return fewer(joined);
    }

    /** Keeps the widest gaps and closes the rest. */
    private static List<Range> fewer(List<Range> ranges) {
        if (ranges.size() <= MAX_RANGES) {
            return ranges;
        }
        List<Integer> gaps = new ArrayList<>();
        for (int i = 1; i < ranges.size(); i++) {
            gaps.add(i);
        }
        gaps.sort(Comparator.comparingLong(
                i -> ranges.get(i - 1).end() - ranges.get(i).start()));
        Set<Integer> kept = new HashSet<>(gaps.subList(0, MAX_RANGES - 1));
        List<Range> joined = new ArrayList<>();
        for (int i = 0; i < ranges.size(); i++) {
            if (i == 0 || kept.contains(i)) {
                joined.add(ranges.get(i));
            } else {
                Range last = joined.get(joined.size() - 1);
                joined.set(
                        joined.size() - 1, new Range(last.start(), ranges.get(i).end()));
            }
        }
        return joined;
    }
}
