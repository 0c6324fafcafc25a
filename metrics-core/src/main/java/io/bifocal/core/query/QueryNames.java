package io.bifocal.core.query;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks the names in a query against what a model has, and tells all that are unknown at once. */
final class QueryNames {
    private final String model;
    private final Set<String> metrics = new LinkedHashSet<>();
    private final Set<String> dimensions = new LinkedHashSet<>();
    private final List<String> unknown = new ArrayList<>();
    private final Set<String> near = new LinkedHashSet<>();
    private final List<String> problems = new ArrayList<>();

    private QueryNames(Definition definition) {
        this.model = definition.model().name();
        definition.model().metrics().forEach(metric -> metrics.add(metric.name()));
        definition.model().dimensions().stream().map(Model.Dimension::name).forEach(dimensions::add);
    }

    /**
     * Checks a query.
     *
     * @throws BifocalException {@code UNKNOWN_NAME} with the near names, {@code BAD_QUERY} where names do not fit together
     */
    static void check(Query query, Definition definition) {
        QueryNames names = new QueryNames(definition);
        query.metrics().forEach(name -> names.require("metric", name, names.metrics));
        query.dimensions().forEach(name -> names.require("dimension", name, names.dimensions));
        query.filters().forEach(filter -> names.require("dimension", filter.dimension(), names.dimensions));
        names.refuseUnknown();
        if (query.metrics().isEmpty() && query.dimensions().isEmpty()) {
            throw bad("The query asks for nothing.", "Name at least one of the metrics " + names.metrics + ".");
        }
        columns(query);
        checkOrder(query, names);
        Accumulation.requireFit(
                new MetricInputs(definition).cumulative(query.metrics()),
                query.time().granularity());
        if (query.time().fill() != Query.Fill.NONE && query.time().granularity().isEmpty()) {
            throw bad("There are no buckets to fill in.", "Give a granularity, or leave fill out.");
        }
    }

    static BifocalException unknownModel(String model, List<String> known) {
        return Errors.of(
                ErrorCode.UNKNOWN_NAME,
                "Unknown model " + model + ".",
                Nearest.remedy(model, known),
                Map.of("kind", "model", "unknown", List.of(model), "near", Nearest.of(model, known)));
    }

    private void require(String kind, String name, Collection<String> known) {
        if (!known.contains(name) && !unknown.contains(name)) {
            unknown.add(name);
            near.addAll(Nearest.of(name, known));
            problems.add(kind + " " + name);
        }
    }

    private void refuseUnknown() {
        if (unknown.isEmpty()) {
            return;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("unknown", List.copyOf(unknown));
        values.put("near", List.copyOf(near));
        throw Errors.of(
                ErrorCode.UNKNOWN_NAME,
                "Model " + model + " has no " + String.join(", no ", problems) + ".",
                near.isEmpty()
                        ? "It has the metrics " + String.join(", ", metrics) + " and the dimensions "
                                + String.join(", ", dimensions) + "."
                        : "Did you mean " + String.join(" or ", near) + "?",
                values);
    }

    private static Set<String> columns(Query query) {
        Set<String> columns = new HashSet<>();
        List<String> named = new ArrayList<>(query.dimensions());
        named.addAll(query.metrics());
        for (String name : named) {
            if (!columns.add(name)) {
                throw bad(name + " is asked for twice.", "Name each metric and dimension once.");
            }
        }
        if (query.time().granularity().isPresent()) {
            columns.add(Query.TIME);
        }
        return columns;
    }

    private static void checkOrder(Query query, QueryNames names) {
        Set<String> columns = columns(query);
        Set<String> all = new LinkedHashSet<>(names.metrics);
        all.addAll(names.dimensions);
        all.add(Query.TIME);
        query.order().forEach(order -> names.require("column", order.by(), all));
        names.refuseUnknown();
        for (Query.Order order : query.order()) {
            if (!columns.contains(order.by())) {
                throw bad(
                        "The rows are to be ordered by " + order.by() + ", which they do not have.",
                        order.by().equals(Query.TIME)
                                ? "Give a granularity, or leave the order by time out."
                                : "Ask for " + order.by() + " too, or order by another column.");
            }
        }
    }

    private static BifocalException bad(String problem, String remedy) {
        return Errors.of(ErrorCode.BAD_QUERY, problem, remedy);
    }
}
