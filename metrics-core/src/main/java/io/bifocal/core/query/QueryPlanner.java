package io.bifocal.core.query;

import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.query.Explanation.Considered;
import io.bifocal.core.query.Plan.Read;
import io.bifocal.core.query.Snapshot.Role;
import io.bifocal.core.query.Snapshot.Source;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeGrid;
import io.bifocal.core.view.RetainedDays;
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
import java.util.stream.Stream;

/** Chooses the smallest view that can answer a query whose names are known, and what to read of it. */
final class QueryPlanner {
    /** The part of a snapshot with its index. */
    record Indexed(Source source, List<PartDay> days) {}

    private final Definition definition;
    private final Query query;
    private final RetainedDays retained;
    private final List<Indexed> indexes;
    private final List<View> views;
    private final Span span;

    /** @param retained the days that are read, whatever others the parts have */
    QueryPlanner(Definition definition, Query query, RetainedDays retained, List<Indexed> indexes) {
        this.definition = definition;
        this.query = query;
        this.retained = retained;
        this.indexes = indexes;
        this.views = View.rollups(definition);
        List<CumulativeMetric> cumulative = new MetricInputs(definition).cumulative(query.metrics());
        this.span = Span.of(query.time().since(Accumulation.bound(Accumulation.reach(cumulative, query.time()))));
    }

    /**
     * Plans.
     *
     * @throws io.bifocal.core.error.BifocalException {@code NO_ROLLUP} where no view can answer it
     */
    Plan plan() {
        List<View> covering = views.stream().filter(this::covers).toList();
        return smallest().orElseThrow(() -> new NoRollup(definition.model(), query, span)
                .fault(covering, this::heldDays, List.copyOf(dimensions(query))));
    }

    /** Plans another query about the same snapshot. */
    QueryPlanner about(Query other) {
        return new QueryPlanner(definition, other, retained, indexes);
    }

    /**
     * Refuses a plan that is beyond a limit.
     *
     * @throws io.bifocal.core.error.BifocalException {@code TOO_EXPENSIVE}
     */
    void requireWithin(Cost limit, Plan plan) {
        if (!plan.cost().within(limit)) {
            throw new TooExpensive(definition, query, this, limit).fault(plan);
        }
    }

    /** Reads the smallest view that can answer; empty where there is none. */
    Optional<Plan> smallest() {
        List<View> able =
                views.stream().filter(this::covers).filter(this::composes).toList();
        return smallest(able).map(this::plan);
    }

    /** Plans a query that was answered from a view before; empty where that view cannot have answered it. */
    Optional<Plan> planAgain(String rollup) {
        return views.stream()
                .filter(view -> view.name().equals(rollup))
                .filter(this::covers)
                .findFirst()
                .map(this::plan);
    }

    /** Every rollup, with why it is read or not. */
    List<Considered> considered(Plan plan) {
        return views.stream()
                .map(view -> {
                    Cost cost = plan(view).cost();
                    return new Considered(
                            view.name(),
                            view.equals(plan.view()),
                            cost.partitions(),
                            cost.rows(),
                            verdict(view, plan.view()));
                })
                .toList();
    }

    private String verdict(View view, View chosen) {
        if (!covers(view)) {
            Set<String> missing = dimensions(query);
            view.dimensions().forEach(missing::remove);
            return "lacks " + String.join(", ", missing);
        }
        if (!composes(view)) {
            return "its buckets do not make up the range or its rows";
        }
        return view.equals(chosen) ? "the smallest that can answer" : "can answer, and is not smaller";
    }

    private boolean covers(View view) {
        return view.dimensions().containsAll(dimensions(query));
    }

    private boolean composes(View view) {
        return composes(view.grid(), query, span, heldDays(view));
    }

    private Plan plan(View view) {
        return new Plan(view, span, reads(view));
    }

    static Set<String> dimensions(Query query) {
        Set<String> dimensions = new LinkedHashSet<>(query.dimensions());
        query.filters().forEach(filter -> dimensions.add(filter.dimension()));
        return dimensions;
    }

    /** Whether a grid's buckets can be put together to the rows that a query asks for. */
    static boolean composes(TimeGrid grid, Query query, Span span, SortedSet<Integer> held) {
        // What is read may begin before the range itself, where metrics are cumulative: both must be between two
        // buckets.
        if (!span.beginsOn(grid) || !Span.fits(query.time().from(), grid) || !span.endsOn(grid)) {
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

    private SortedSet<Integer> heldDays(View view) {
        SortedSet<Integer> days = new TreeSet<>();
        indexes.forEach(index -> lines(index, view).forEach(line -> days.add(line.day())));
        return days;
    }

    private Stream<PartDay> lines(Indexed index, View view) {
        int first =
                retained.from().map(any -> view.grid().dayOf(shownFrom(view))).orElse(Integer.MIN_VALUE);
        return index.days().stream()
                .filter(line -> line.view().equals(view.name())
                        && line.day() >= first
                        && span.touches(view.grid(), line.day()));
    }

    /**
     * Where the first day begins that is shown. Rows of days and less are whole, whichever view is read: it is their zone's day.
     * Longer rows begin in the midst anyway, with the first day of the view.
     */
    private long shownFrom(View view) {
        return retained.from()
                .map(first -> query.time()
                        .granularity()
                        .filter(rows -> rows.compareTo(Granularity.DAY) <= 0)
                        .map(rows -> first.atStartOfDay(query.time().zone()).toEpochSecond())
                        .orElseGet(() -> view.grid().dayStart(Math.toIntExact(first.toEpochDay()))))
                .orElse(Long.MIN_VALUE);
    }

    /** By how many rows are to be read where that is known of all; else the coarsest, with the fewest dimensions. */
    private Optional<View> smallest(List<View> able) {
        Comparator<View> order = Comparator.<View, TimeGrid>comparing(
                        View::grid, Comparator.comparing(TimeGrid::granularity).reversed())
                .thenComparing(view -> view.dimensions().size());
        List<Optional<Long>> rows = able.stream().map(this::rows).toList();
        if (rows.stream().allMatch(Optional::isPresent)) {
            order = Comparator.<View>comparingLong(
                            view -> rows.get(able.indexOf(view)).orElseThrow())
                    .thenComparing(order);
        }
        return able.stream().min(order);
    }

    private Optional<Long> rows(View view) {
        List<PartDay> lines =
                indexes.stream().flatMap(index -> lines(index, view)).toList();
        return lines.stream().anyMatch(line -> line.rows() == 0)
                ? Optional.empty()
                : Optional.of(lines.stream().mapToLong(PartDay::rows).sum());
    }

    private List<Read> reads(View view) {
        List<Read> reads = new ArrayList<>();
        for (Indexed index : indexes) {
            record Place(int day, String source) {}
            Map<Place, PartDay> lines = new LinkedHashMap<>();
            lines(index, view)
                    .sorted(Comparator.comparingInt(PartDay::day).thenComparing(PartDay::source))
                    .forEach(line -> lines.putIfAbsent(new Place(line.day(), line.source()), line));
            lines.values().forEach(line -> reads.add(read(index.source(), line, view)));
        }
        return reads;
    }

    private Read read(Source source, PartDay line, View view) {
        long start = view.grid().dayStart(line.day());
        long end = view.grid().dayStart(line.day() + 1);
        long from = Math.max(span.from(), shownFrom(view));
        boolean whole = from <= start && span.to() >= end && source.role() != Role.LIVE;
        return new Read(
                source, line.source(), line.day(), Math.max(from, start), Math.min(span.to(), end), line.rows(), whole);
    }
}
