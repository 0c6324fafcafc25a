package io.bifocal.core.oracle;

import io.bifocal.core.aggregate.PlainResults;
import io.bifocal.core.model.Aggregation;
import io.bifocal.core.model.Arithmetic;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DerivedExpression;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.model.Model.DerivedMetric;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.RatioMetric;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.time.TimeGrid;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What every answer must be, computed from the list of all events with lists, sets and BigDecimal: obviously right, and only
 * that. Filters, ranges and windows are for the caller, who passes the events that he means.
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
     * The values of every metric, by group; groups without events are absent.
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

    /**
     * The value of every metric over these events, by name; null where there is none. A cumulative metric has its input's: the
     * caller passes the events of its window.
     */
    public Map<String, Object> values(List<PlainEvent> events) {
        Map<String, Object> values = new HashMap<>();
        for (SimpleMetric metric : definition.model().simpleMetrics()) {
            values.put(metric.name(), value(metric, events));
        }
        definition.model().metrics().forEach(metric -> value(metric, values));
        return values;
    }

    private Object value(Metric metric, Map<String, Object> values) {
        if (!values.containsKey(metric.name())) {
            values.put(metric.name(), computed(metric, values));
        }
        return values.get(metric.name());
    }

    private Object computed(Metric metric, Map<String, Object> values) {
        if (metric instanceof RatioMetric ratio) {
            return ratio(value(metric(ratio.numerator()), values), value(metric(ratio.denominator()), values));
        }
        if (metric instanceof CumulativeMetric cumulative) {
            return value(metric(cumulative.inputMetric()), values);
        }
        return DerivedExpression.parse(((DerivedMetric) metric).expr())
                .evaluate(name -> Plain.of(value(metric(name), values)), Plain.ARITHMETIC)
                .value();
    }

    private Metric metric(String name) {
        return definition.model().metric(name).orElseThrow();
    }

    /** A number to 60 digits; null where there is none. */
    private record Plain(BigDecimal value) {
        private static final MathContext DIGITS = new MathContext(60);

        private static final DerivedExpression.Operations<Plain> ARITHMETIC = new DerivedExpression.Operations<>() {
            @Override
            public Plain constant(Number value) {
                return of(value);
            }

            @Override
            public Plain negate(Plain operand) {
                return apply(Arithmetic.Operator.SUBTRACT, of(0), operand);
            }

            @Override
            public Plain apply(Arithmetic.Operator operator, Plain left, Plain right) {
                boolean byZero = operator == Arithmetic.Operator.DIVIDE
                        && right.value() != null
                        && right.value().signum() == 0;
                if (left.value() == null || right.value() == null || byZero) {
                    return new Plain(null);
                }
                return new Plain(
                        switch (operator) {
                            case ADD -> left.value().add(right.value());
                            case SUBTRACT -> left.value().subtract(right.value());
                            case MULTIPLY -> left.value().multiply(right.value());
                            case DIVIDE -> left.value().divide(right.value(), DIGITS);
                        });
            }
        };

        static Plain of(Object number) {
            return new Plain(number == null ? null : new BigDecimal(number.toString()));
        }
    }

    @SuppressWarnings("unchecked") // inputs of one metric are of one type
    private static Comparable<Object> comparable(Object input) {
        return (Comparable<Object>) input;
    }

    private Object value(SimpleMetric metric, List<PlainEvent> events) {
        ValueType type = definition.inputTypes().get(metric.name());
        List<Object> values = events.stream()
                .filter(event -> event.inputs().get(metric.name()) != null)
                // A topic that was made again repeats positions: there, values decide.
                .sorted(IN_TIME.thenComparing(event -> comparable(event.inputs().get(metric.name()))))
                .map(event -> event.inputs().get(metric.name()))
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
            case TOP_K -> PlainResults.mostFrequent(metric.k().orElse(10), values);
        };
    }

    private static Double ratio(Object numerator, Object denominator) {
        if (numerator == null || denominator == null || ((Number) denominator).doubleValue() == 0) {
            return null;
        }
        return ((Number) numerator).doubleValue() / ((Number) denominator).doubleValue();
    }
}
