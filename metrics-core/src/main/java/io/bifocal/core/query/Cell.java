package io.bifocal.core.query;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.query.Query.Filter;
import io.bifocal.core.query.Query.Operator;
import io.bifocal.core.query.Query.TimeRange;
import io.bifocal.core.time.TimeGrid;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One number of an answer.
 *
 * @param metric which one; empty where the query has but one
 * @param time the row's, where rows have one
 * @param dimensions the row's, by name, as text; null is a value of its own
 */
public record Cell(Optional<String> metric, Optional<Instant> time, Map<String, String> dimensions) {
    /**
     * The query of which this cell is all: over the events of its bucket, or of its window where its metric cumulates.
     *
     * @throws BifocalException {@code BAD_QUERY} where the query's answers have no such cell
     */
    Query query(Query query, Definition definition) {
        requireDimensions(query);
        MetricInputs inputs = new MetricInputs(definition);
        String metric = metric(query);
        TimeRange time = bucket(query.time());
        if (inputs.metric(metric) instanceof CumulativeMetric cumulative) {
            TimeGrid rows = new TimeGrid(
                    query.time().granularity().orElseThrow(), query.time().zone());
            long start =
                    Accumulation.start(cumulative, rows, this.time.orElseThrow().getEpochSecond());
            time = time.since(Accumulation.bound(start));
            metric = cumulative.inputMetric();
        } else if (!inputs.cumulative(List.of(metric)).isEmpty()) {
            throw bad(
                    metric + " is computed from metrics that go over different times.",
                    "Ask for the lineage of what it is computed from.");
        }
        List<Filter> filters = new ArrayList<>(query.filters());
        query.dimensions()
                .forEach(name ->
                        filters.add(new Filter(name, Operator.EQUALS, Arrays.asList((Object) dimensions.get(name)))));
        List<String> metrics = Stream.concat(Stream.of(metric), inputs.simple(metric).stream())
                .distinct()
                .toList();
        return new Query(
                query.model(),
                metrics,
                List.of(),
                time,
                filters,
                List.of(),
                Optional.empty(),
                query.require(),
                query.maxStalenessMillis());
    }

    /** The metric that is meant. */
    String metric(Query query) {
        String only = query.metrics().size() == 1 ? query.metrics().get(0) : "";
        String meant = metric.orElse(only);
        if (!query.metrics().contains(meant)) {
            throw bad(
                    meant.isEmpty() ? "A cell is of one metric." : "The rows have no metric " + meant + ".",
                    "Name one of " + query.metrics() + ".");
        }
        return meant;
    }

    private TimeRange bucket(TimeRange range) {
        if (range.granularity().isEmpty()) {
            if (time.isPresent()) {
                throw bad("The rows have no time.", "Leave the cell's time out, or give a granularity.");
            }
            return range;
        }
        TimeGrid rows = new TimeGrid(range.granularity().get(), range.zone());
        Instant start = time.orElseThrow(() -> bad("The cell has no time.", "Give the time of its row."));
        long bucket = rows.floor(start.getEpochSecond());
        if (!Instant.ofEpochSecond(bucket).equals(start)) {
            throw bad(
                    "No row begins at " + start + ".",
                    "Give the time of a row, such as " + Instant.ofEpochSecond(bucket) + ".");
        }
        Instant end = Instant.ofEpochSecond(rows.next(bucket));
        return new TimeRange(
                range.from().filter(from -> from.isAfter(start)).or(() -> Optional.of(start)),
                range.to().filter(to -> to.isBefore(end)).or(() -> Optional.of(end)),
                Optional.empty(),
                range.zone(),
                Query.Fill.NONE);
    }

    private void requireDimensions(Query query) {
        for (String name : dimensions.keySet()) {
            if (!query.dimensions().contains(name)) {
                throw bad("The rows have no dimension " + name + ".", Nearest.remedy(name, query.dimensions()));
            }
        }
        for (String name : query.dimensions()) {
            if (!dimensions.containsKey(name)) {
                throw bad("The cell has no " + name + ".", "Give a value of each of the query's dimensions.");
            }
        }
    }

    /**
     * Reads a cell from texts {@code name:value}, among them {@code time:} and an instant; a name alone is null.
     *
     * @param metric as it was given
     * @throws BifocalException {@code BAD_REQUEST} for another form
     */
    public static Cell parse(Optional<String> metric, List<String> texts) {
        Optional<Instant> time = Optional.empty();
        Map<String, String> dimensions = new LinkedHashMap<>();
        for (String text : texts) {
            int colon = text.indexOf(':');
            String name = colon < 0 ? text : text.substring(0, colon);
            String value = colon < 0 ? null : text.substring(colon + 1);
            if (dimensions.containsKey(name) || (time.isPresent() && name.equals(Query.TIME))) {
                throw JsonFields.bad("The cell has two values of " + name + ".", "Give one.", text);
            }
            if (name.equals(Query.TIME)) {
                time = Optional.of(QueryParser.instant("cell time", String.valueOf(value)));
            } else {
                dimensions.put(name, value);
            }
        }
        return new Cell(metric, time, dimensions);
    }

    private static BifocalException bad(String problem, String remedy) {
        return Errors.of(ErrorCode.BAD_QUERY, problem, remedy);
    }
}
