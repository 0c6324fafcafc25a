package io.bifocal.core.query;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Definition;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeGrid;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Explains that a query would read too much, and finds the next best one that would not. */
final class TooExpensive {
    private final Definition definition;
    private final Query query;
    private final QueryPlanner planner;
    private final Cost limit;

    /** @param planner of the query */
    TooExpensive(Definition definition, Query query, QueryPlanner planner, Cost limit) {
        this.definition = definition;
        this.query = query;
        this.planner = planner;
        this.limit = limit;
    }

    BifocalException fault(Plan plan) {
        Cost cost = plan.cost();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("rollup", plan.view().name());
        values.put("estimate", cost);
        values.put("limit", limit);
        Optional<Query> cheaper = Stream.of(coarser(), shorter(plan), plainer())
                .flatMap(queries -> queries)
                .filter(this::affordable)
                .findFirst();
        cheaper.ifPresent(other -> values.put("cheaper", QueryPrinter.toJson(other)));
        return Errors.of(
                ErrorCode.TOO_EXPENSIVE,
                "The query would read " + cost.rows() + " rows in " + cost.partitions() + " partitions of "
                        + plan.view().name() + "; the limit is " + limit.rows() + " rows and " + limit.partitions()
                        + " partitions.",
                cheaper.map(this::remedy)
                        .orElse(
                                "Ask for a shorter range, or add a rollup with fewer dimensions or a coarser granularity."),
                values);
    }

    private boolean affordable(Query other) {
        return planner.about(other)
                .smallest()
                .filter(plan -> plan.cost().within(limit))
                .isPresent();
    }

    /** The same by coarser rows, which a smaller rollup may have. */
    private Stream<Query> coarser() {
        return query.time().granularity().stream()
                .flatMap(granularity -> Arrays.stream(Granularity.values())
                        .filter(each -> each.compareTo(granularity) > 0)
                        .filter(each ->
                                Accumulation.fit(new MetricInputs(definition).cumulative(query.metrics()), each)))
                .map(each -> query.over(query.time().by(each)));
    }

    /** The same over as many of the last days as may be read. */
    private Stream<Query> shorter(Plan plan) {
        TreeMap<Integer, Cost> days = new TreeMap<>();
        plan.reads().forEach(read -> days.merge(read.day(), plan.cost(read), Cost::plus));
        Cost sum = Cost.NONE;
        Optional<Integer> first = Optional.empty();
        for (Map.Entry<Integer, Cost> day : days.descendingMap().entrySet()) {
            sum = sum.plus(day.getValue());
            if (!sum.within(limit)) {
                break;
            }
            first = Optional.of(day.getKey());
        }
        return first.stream()
                .map(day -> rowStart(plan.view().grid().dayStart(day)))
                .filter(from -> from < plan.view().grid().dayStart(days.lastKey() + 1))
                .map(from -> query.over(query.time().since(Optional.of(Instant.ofEpochSecond(from)))));
    }

    /** The first start of a row from here on. */
    private long rowStart(long second) {
        Optional<TimeGrid> rows = query.time()
                .granularity()
                .map(granularity -> new TimeGrid(granularity, query.time().zone()));
        return rows.isEmpty() || rows.get().starts(second)
                ? second
                : rows.get().next(rows.get().floor(second));
    }

    /** The same without one of the dimensions. */
    private Stream<Query> plainer() {
        return query.dimensions().stream().map(query::without);
    }

    private String remedy(Query cheaper) {
        if (!cheaper.time().granularity().equals(query.time().granularity())) {
            return "Ask for rows by "
                    + cheaper.time().granularity().orElseThrow().text() + ", for example.";
        }
        if (!cheaper.time().equals(query.time())) {
            return "Ask from " + cheaper.time().from().orElseThrow() + " on, for example.";
        }
        return "Ask by fewer dimensions, for example by "
                + (cheaper.dimensions().isEmpty() ? "none" : String.join(", ", cheaper.dimensions())) + ".";
    }
}
