package io.bifocal.core.model;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeWindow;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One event stream, as its model file declares it; every name in it has been checked by {@link ModelFile}.
 *
 * @param name of the model, unique in the platform
 * @param description for people, empty when there is none
 * @param identity columns whose equal values, at equal event time, make two records one event; empty when every record counts
 * @param alerts thresholds beyond which somebody is told; no number depends on them
 * @param retention for how long data is kept; empty: for ever
 * @param yaml the file's text, as it was written
 */
public record Model(
        String name,
        String description,
        Source source,
        TimeSpec time,
        List<String> identity,
        List<Column> columns,
        List<Dimension> dimensions,
        List<Metric> metrics,
        List<Rollup> rollups,
        List<Threshold> alerts,
        Optional<Retention> retention,
        String yaml) {
    public Model {
        // Definitions that were stored before there were such fields, or without any, lack them.
        alerts = alerts == null ? List.of() : List.copyOf(alerts);
        retention = retention == null ? Optional.empty() : retention;
    }

    /** Where events come from: a Kafka topic and the format of its records ({@code json}). */
    public record Source(String topic, String format) {}

    /**
     * Which column holds the event time.
     *
     * @param pattern of {@link java.time.format.DateTimeFormatter}; empty: ISO-8601 text with a zone, a timestamp column, or
     *     a long column of epoch milliseconds
     * @param zone of times that name none
     */
    public record TimeSpec(String column, Optional<String> pattern, ZoneId zone) {}

    /** A column of the event, found under {@code path} in its JSON (one element for a top-level field). */
    public record Column(String name, ValueType type, List<String> path) {}

    /** A Spark SQL expression over columns by which answers can be grouped and filtered. */
    public record Dimension(String name, String expr, String description) {}

    /** A named number: aggregated from events, or computed from other metrics. */
    public sealed interface Metric permits SimpleMetric, RatioMetric, DerivedMetric, CumulativeMetric {
        String name();

        String description();

        /** For people, such as a currency; empty when there is none. */
        String unit();
    }

    /**
     * An aggregation over events.
     *
     * @param aggregation what {@code agg} says: count, sum, …
     * @param expr the Spark SQL expression that is aggregated; empty for a count of events
     * @param filter a Spark SQL condition; only events that satisfy it are aggregated
     * @param percentile between 0 and 1 exclusive, for {@code percentile} alone
     * @param k how many values at most, for {@code top_k} alone
     */
    public record SimpleMetric(
            String name,
            String description,
            String unit,
            String aggregation,
            Optional<String> expr,
            Optional<String> filter,
            Optional<Double> percentile,
            Optional<Integer> k)
            implements Metric {
        /** Of an aggregation other than {@code top_k}. */
        public SimpleMetric(
                String name,
                String description,
                String unit,
                String aggregation,
                Optional<String> expr,
                Optional<String> filter,
                Optional<Double> percentile) {
            this(name, description, unit, aggregation, expr, filter, percentile, Optional.empty());
        }
    }

    /** One metric divided by another, a double; null where the denominator is zero or null. */
    public record RatioMetric(String name, String description, String unit, String numerator, String denominator)
            implements Metric {}

    /** Arithmetic ({@code + - * /}, parentheses, numbers) over other metrics. */
    public record DerivedMetric(String name, String description, String unit, String expr, List<String> inputMetrics)
            implements Metric {}

    /**
     * Another metric over all events of a row's bucket and of those before it, back to where the window begins. Without either
     * of window and grain that is the first event.
     *
     * @param inputMetric not computed from a cumulative metric itself
     * @param window ends with the bucket
     * @param grainToDate the window begins with the hour, day, week, month, quarter or year in which the bucket begins
     */
    public record CumulativeMetric(
            String name,
            String description,
            String unit,
            String inputMetric,
            Optional<TimeWindow> window,
            Optional<Granularity> grainToDate)
            implements Metric {}

    /**
     * A grain at which views are kept.
     *
     * @param granularity minute, 15 minutes, hour or day
     * @param zone whose days a day rollup counts; UTC for the rest
     * @param dimensions names of this model's dimensions, in the order of the rows' keys
     * @param shards over how many Cassandra partitions one day is spread
     */
    public record Rollup(String name, Granularity granularity, ZoneId zone, List<String> dimensions, int shards) {}

    public Optional<Metric> metric(String metric) {
        return metrics.stream().filter(m -> m.name().equals(metric)).findFirst();
    }

    public List<SimpleMetric> simpleMetrics() {
        return metrics.stream()
                .filter(SimpleMetric.class::isInstance)
                .map(SimpleMetric.class::cast)
                .toList();
    }

    /**
     * Refuses to count events twice: to a model that reads the topic, a replay is the same events again only by their identity.
     *
     * @param models all that there are
     * @throws io.bifocal.core.error.BifocalException REFUSED
     */
    public static void requireReplayable(String topic, Collection<Model> models) {
        models.stream()
                .filter(model ->
                        model.source().topic().equals(topic) && model.identity().isEmpty())
                .findFirst()
                .ifPresent(model -> {
                    throw Errors.of(
                            ErrorCode.REFUSED,
                            "A replay into " + topic + " would count its events twice: " + model.name()
                                    + " has no identity.",
                            "Replay into another topic, or give the model an identity.",
                            Map.of("field", "toTopic", "model", model.name()));
                });
    }
}
