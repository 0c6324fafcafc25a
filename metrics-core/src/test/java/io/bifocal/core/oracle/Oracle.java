package io.bifocal.core.oracle;

import io.bifocal.core.aggregate.PlainResults;
import io.bifocal.core.model.Aggregation;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.RatioMetric;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.time.TimeGrid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What every answer must be, computed from the list of all events with lists, sets and BigDecimal: obviously right, and only
 * that. Filters and ranges are for the caller, who passes the events that he means. Derived metrics are not computed.
 */
public final class Oracle {
    private static final Comparator<PlainEvent> IN_TIME = Comparator.comparing(PlainEvent::time)
            .thenComparing(PlainEvent::partition)
            .thenComparing(PlainEvent::offset);

    private final Definition definition;

    public Oracle(Definition definition) {
        this.definition = definition;
    }

    /**
     * The row of an answer that a value belongs to.
     *
     * @param bucket its start in epoch seconds; null where the answer has no time
     * @param key the dimensions' values in the order asked, null among them
     */
    public record Group(Long bucket, List<Object> key) {}

    /**
     * The values of every simple and ratio metric, by group; groups without events are absent.
     *
     * @param dimensions to group by
     * @param grid of buckets to group by; empty: all times are one
     */
    public Map<Group, Map<String, Object>> answer(
            Collection<PlainEvent> events, List<String> dimensions, Optional<TimeGrid> grid) {
        Map<Group, List<PlainEvent>> groups = new LinkedHashMap<>();
        for (PlainEvent event : events) {
            Long bucket = grid.map(g -> g.floor(event.time().getEpochSecond())).orElse(null);
            List<Object> key = new ArrayList<>();
            dimensions.forEach(dimension -> key.add(event.dimensions().get(dimension)));
            groups.computeIfAbsent(new Group(bucket, key), g -> new ArrayList<>())
                    .add(event);
        }
        Map<Group, Map<String, Object>> answer = new LinkedHashMap<>();
        groups.forEach((group, members) -> answer.put(group, values(members)));
        return answer;
    }

    /** One event of each that share identity and time: the earliest by partition and offset. Without identity all count. */
    public static List<PlainEvent> withoutDuplicates(Collection<PlainEvent> events) {
        Map<Object, PlainEvent> kept = new LinkedHashMap<>();
        events.stream()
                .sorted(Comparator.comparing(PlainEvent::partition).thenComparing(PlainEvent::offset))
                .forEach(event -> kept.putIfAbsent(
                        event.identity().isEmpty() ? event : List.of(event.time(), event.identity()), event));
        return List.copyOf(kept.values());
    }

    /** The value of every simple and ratio metric over these events, by name; null where there is none. */
    public Map<String, Object> values(List<PlainEvent> events) {
        Map<String, Object> values = new HashMap<>();
        for (SimpleMetric metric : definition.model().simpleMetrics()) {
            values.put(metric.name(), value(metric, events));
        }
        for (Metric metric : definition.model().metrics()) {
            if (metric instanceof RatioMetric ratio) {
                values.put(ratio.name(), ratio(values.get(ratio.numerator()), values.get(ratio.denominator())));
            }
        }
        return values;
    }

    private Object value(SimpleMetric metric, List<PlainEvent> events) {
        ValueType type = definition.inputTypes().get(metric.name());
        List<Object> values = events.stream()
                .sorted(IN_TIME)
                .map(event -> event.inputs().get(metric.name()))
                .filter(Objects::nonNull)
                .toList();
        Aggregation aggregation = Aggregation.parse(metric.aggregation()).orElseThrow();
        if (values.isEmpty()) {
            return switch (aggregation) {
                case COUNT, COUNT_DISTINCT, APPROX_COUNT_DISTINCT -> 0L;
                default -> null;
            };
        }
        return switch (aggregation) {
            case COUNT -> (long) values.size();
            case SUM -> PlainResults.sum(type, values);
            case MIN -> PlainResults.least(values);
            case MAX -> PlainResults.greatest(values);
            case AVERAGE -> PlainResults.average(values);
            case COUNT_DISTINCT, APPROX_COUNT_DISTINCT -> PlainResults.distinct(values);
            case PERCENTILE -> PlainResults.percentile(metric.percentile().orElseThrow(), values);
            case VARIANCE -> PlainResults.variance(values);
            case STDDEV -> PlainResults.deviation(values);
            case FIRST -> values.get(0);
            case LAST -> values.get(values.size() - 1);
            case TOP_K -> throw new IllegalArgumentException("no oracle for top_k");
        };
    }

    private static Double ratio(Object numerator, Object denominator) {
        if (numerator == null || denominator == null || ((Number) denominator).doubleValue() == 0) {
            return null;
        }
        return ((Number) numerator).doubleValue() / ((Number) denominator).doubleValue();
    }
}
