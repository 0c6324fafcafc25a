package io.bifocal.core.query;

import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Plan.Read;
import io.bifocal.core.query.Snapshot.Role;
import io.bifocal.core.query.Snapshot.Source;
import io.bifocal.core.time.TimeGrid;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewStore.PartDay;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Chooses the smallest view that can answer a query, and what to read of it. */
final class QueryPlanner {
    /** The part of a snapshot with its index. */
    record Indexed(Source source, List<PartDay> days) {}

    private final Definition definition;
    private final List<View> views;

    QueryPlanner(Definition definition) {
        this.definition = definition;
        this.views = View.of(definition).stream()
                .filter(view -> !view.name().equals(View.LEDGER))
                .toList();
    }

    /**
     * Plans a query whose names are known.
     *
     * @throws io.bifocal.core.error.BifocalException {@code NO_ROLLUP} where no view can answer it
     */
    Plan plan(Query query, List<Indexed> indexes) {
        Span span = Span.of(query.time());
        List<View> covering = views.stream()
                .filter(view -> view.dimensions().containsAll(dimensions(query)))
                .toList();
        List<View> able = covering.stream()
                .filter(view -> composes(view.grid(), query, span, heldDays(view, span, indexes)))
                .toList();
        View view = smallest(able, span, indexes)
                .orElseThrow(() -> new NoRollup(definition.model().name(), query, span)
                        .fault(covering, each -> heldDays(each, span, indexes), List.copyOf(dimensions(query))));
        return new Plan(view, reads(view, span, indexes));
    }

    /** Plans a query that was answered from a view before; empty where that view cannot have answered it. */
    Optional<Plan> planAgain(Query query, List<Indexed> indexes, String rollup) {
        Span span = Span.of(query.time());
        return views.stream()
                .filter(view -> view.name().equals(rollup))
                .filter(view -> view.dimensions().containsAll(dimensions(query)))
                .findFirst()
                .map(view -> new Plan(view, reads(view, span, indexes)));
    }

    static Set<String> dimensions(Query query) {
        Set<String> dimensions = new LinkedHashSet<>(query.dimensions());
        query.filters().forEach(filter -> dimensions.add(filter.dimension()));
        return dimensions;
    }

    /** Whether a grid's buckets can be put together to the rows that a query asks for. */
    static boolean composes(TimeGrid grid, Query query, Span span, SortedSet<Integer> held) {
        if (!span.beginsOn(grid) || !span.endsOn(grid)) {
            return false;
        }
        return query.time()
                .granularity()
                .map(granularity -> new TimeGrid(granularity, query.time().zone()))
                .map(asked -> composes(grid, asked, span, held))
                .orElse(true);
    }

    static boolean composes(TimeGrid grid, TimeGrid asked, Span span, SortedSet<Integer> held) {
        Composition composition = new Composition(grid, asked);
        return span.checkedDays(grid, held).stream().allMatch(day -> composition.holdsOn(day, span.from(), span.to()));
    }

    private static SortedSet<Integer> heldDays(View view, Span span, List<Indexed> indexes) {
        SortedSet<Integer> days = new TreeSet<>();
        indexes.forEach(index -> index.days().stream()
                .filter(line -> line.view().equals(view.name()) && span.touches(view.grid(), line.day()))
                .forEach(line -> days.add(line.day())));
        return days;
    }

    /** By how many rows are to be read where that is known of all; else the coarsest, with the fewest dimensions. */
    private static Optional<View> smallest(List<View> able, Span span, List<Indexed> indexes) {
        Comparator<View> order = Comparator.<View, TimeGrid>comparing(
                        View::grid, Comparator.comparing(TimeGrid::granularity).reversed())
                .thenComparing(view -> view.dimensions().size());
        List<Optional<Long>> rows =
                able.stream().map(view -> rows(view, span, indexes)).toList();
        if (rows.stream().allMatch(Optional::isPresent)) {
            order = Comparator.<View>comparingLong(
                            view -> rows.get(able.indexOf(view)).orElseThrow())
                    .thenComparing(order);
        }
        return able.stream().min(order);
    }

    private static Optional<Long> rows(View view, Span span, List<Indexed> indexes) {
        long rows = 0;
        for (Indexed index : indexes) {
            for (PartDay line : index.days()) {
                if (line.view().equals(view.name()) && span.touches(view.grid(), line.day())) {
                    if (line.rows() == 0) {
                        return Optional.empty();
                    }
                    rows += line.rows();
                }
            }
        }
        return Optional.of(rows);
    }

    private static List<Read> reads(View view, Span span, List<Indexed> indexes) {
        List<Read> reads = new ArrayList<>();
        for (Indexed index : indexes) {
            record Place(int day, String source) {}
            Map<Place, PartDay> lines = new LinkedHashMap<>();
            index.days().stream()
                    .filter(line -> line.view().equals(view.name()) && span.touches(view.grid(), line.day()))
                    .sorted(Comparator.comparingInt(PartDay::day).thenComparing(PartDay::source))
                    .forEach(line -> lines.putIfAbsent(new Place(line.day(), line.source()), line));
            lines.values().forEach(line -> reads.add(read(index.source(), line, view.grid(), span)));
        }
        return reads;
    }

    private static Read read(Source source, PartDay line, TimeGrid grid, Span span) {
        long start = grid.dayStart(line.day());
        long end = grid.dayStart(line.day() + 1);
        boolean whole = span.from() <= start && span.to() >= end && source.role() != Role.LIVE;
        return new Read(
                source,
                line.source(),
                line.day(),
                Math.max(span.from(), start),
                Math.min(span.to(), end),
                whole ? line.rows() : 0);
    }
}
