package io.bifocal.core.query;

import io.bifocal.core.aggregate.Aggregate;
import io.bifocal.core.aggregate.Aggregate.Bounds;
import io.bifocal.core.aggregate.MetricTypes;
import io.bifocal.core.model.Arithmetic;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.model.Model.DerivedMetric;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.RatioMetric;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.view.RowCodec;
import io.bifocal.core.view.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns merged states into finished numbers: simple metrics by their aggregates, the others from the simple ones. */
public final class MetricFinisher {
    private final View view;
    private final MetricInputs inputs;
    private final List<Metric> metrics;
    private final MetricTypes known;
    private final Map<String, ValueType> types = new HashMap<>();

    /** @param names of metrics of the model, in the order of the answer */
    public MetricFinisher(Definition definition, View view, List<String> names) {
        this.view = view;
        this.inputs = new MetricInputs(definition);
        this.metrics = names.stream().map(inputs::metric).toList();
        this.known = new MetricTypes(definition);
    }

    /**
     * A row's metrics, finished.
     *
     * @param estimates of those that are estimated, by name
     */
    public record Finished(List<Object> values, Map<String, Bounds> estimates) {}

    /** Whether a metric of a row takes other rows too: it is cumulative, or computed from one that is. */
    public static boolean spansRows(Definition definition, String metric) {
        return !new MetricInputs(definition).cumulative(List.of(metric)).isEmpty();
    }

    List<Answer.Column> columns() {
        return metrics.stream()
                .map(metric -> new Answer.Column(metric.name(), type(metric), metric.unit()))
                .toList();
    }

    /**
     * Finishes a row.
     *
     * @param states of the row; null where none was needed
     * @param windows the states that each cumulative metric cumulates in this row, by its name
     */
    public Finished finish(Object[] states, Map<String, Object[]> windows) {
        Row row = new Row(states, windows);
        List<Object> values = new ArrayList<>();
        Map<String, Bounds> estimates = new LinkedHashMap<>();
        for (Metric metric : metrics) {
            Object value = row.value(metric);
            values.add(value);
            if (value != null) {
                row.bounds(metric).ifPresent(bounds -> estimates.put(metric.name(), bounds));
            }
        }
        return new Finished(values, estimates);
    }

    private ValueType type(Metric metric) {
        return types.computeIfAbsent(metric.name(), name -> known.of(metric));
    }

    /** One row while it is being finished: each metric is computed once. */
    private final class Row {
        private final Object[] states;
        private final Map<String, Object[]> windows;
        private final Map<String, Object> values = new HashMap<>();
        private final Map<String, Row> cumulated = new HashMap<>();

        Row(Object[] states, Map<String, Object[]> windows) {
            this.states = states;
            this.windows = windows;
        }

        Object value(Metric metric) {
            if (!values.containsKey(metric.name())) {
                values.put(metric.name(), compute(metric));
            }
            return values.get(metric.name());
        }

        private Object compute(Metric metric) {
            if (metric instanceof RatioMetric ratio) {
                return Arithmetic.divide(
                        value(inputs.metric(ratio.numerator())), value(inputs.metric(ratio.denominator())));
            }
            if (metric instanceof DerivedMetric derived) {
                return inputs.expression(derived).evaluate(name -> value(inputs.metric(name)));
            }
            if (metric instanceof CumulativeMetric cumulative) {
                return window(cumulative).value(inputs.metric(cumulative.inputMetric()));
            }
            int index = inputs.index(metric);
            return aggregate(index).result(states[index]);
        }

        private Row window(CumulativeMetric metric) {
            return cumulated.computeIfAbsent(metric.name(), name -> new Row(windows.get(name), Map.of()));
        }

        /** Of what an estimate goes into, however far up; empty where all is exact. */
        Optional<Bounds> bounds(Metric metric) {
            if (metric instanceof SimpleMetric) {
                int index = inputs.index(metric);
                return aggregate(index).bounds(states[index]);
            }
            if (metric instanceof CumulativeMetric cumulative) {
                return window(cumulative).bounds(inputs.metric(cumulative.inputMetric()));
            }
            return estimated(metric) ? Optional.of(interval(metric).bounds(type(metric))) : Optional.empty();
        }

        private boolean estimated(Metric metric) {
            return (metric instanceof SimpleMetric || metric instanceof CumulativeMetric)
                    ? bounds(metric).isPresent()
                    : inputs.inputs(metric).stream().anyMatch(this::estimated);
        }

        private Interval interval(Metric metric) {
            if (metric instanceof RatioMetric ratio) {
                return interval(inputs.metric(ratio.numerator())).over(interval(inputs.metric(ratio.denominator())));
            }
            if (metric instanceof DerivedMetric derived) {
                return inputs.expression(derived).evaluate(name -> interval(inputs.metric(name)), Interval.OPERATIONS);
            }
            return bounds(metric)
                    .map(bounds -> Interval.of(bounds.low(), bounds.high()))
                    .orElseGet(() -> Interval.of(value(metric), value(metric)));
        }

        private Aggregate<Object> aggregate(int index) {
            return RowCodec.at(view.aggregates(), index);
        }
    }
}
