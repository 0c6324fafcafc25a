package io.bifocal.core.query;

import io.bifocal.core.aggregate.Aggregate;
import io.bifocal.core.aggregate.Aggregate.Bounds;
import io.bifocal.core.model.Arithmetic;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DerivedExpression;
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
    private final Definition definition;
    private final View view;
    private final List<SimpleMetric> simple;
    private final List<Metric> metrics;
    private final Map<String, DerivedExpression> expressions = new HashMap<>();
    private final boolean[] wanted;

    /** @param names of metrics of the model, in the order of the answer */
    public MetricFinisher(Definition definition, View view, List<String> names) {
        this.definition = definition;
        this.view = view;
        this.simple = definition.model().simpleMetrics();
        this.metrics = names.stream().map(this::metric).toList();
        this.wanted = new boolean[simple.size()];
        metrics.forEach(this::want);
    }

    /**
     * A row's metrics, finished.
     *
     * @param estimates of those that are estimated, by name
     */
    public record Finished(List<Object> values, Map<String, Bounds> estimates) {}

    /** Which of the view's states are needed. */
    boolean[] wanted() {
        return wanted.clone();
    }

    List<Answer.Column> columns() {
        return metrics.stream()
                .map(metric -> new Answer.Column(metric.name(), type(metric), metric.unit()))
                .toList();
    }

    /** Finishes the states of a row of the view, merged. */
    public Finished finish(Object[] states) {
        Row row = new Row(states);
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

    private Metric metric(String name) {
        return definition.model().metric(name).orElseThrow();
    }

    private DerivedExpression expression(DerivedMetric metric) {
        return expressions.computeIfAbsent(metric.name(), name -> DerivedExpression.parse(metric.expr()));
    }

    private void want(Metric metric) {
        if (metric instanceof SimpleMetric) {
            wanted[simple.indexOf(metric)] = true;
        }
        inputs(metric).forEach(input -> want(metric(input)));
    }

    private List<String> inputs(Metric metric) {
        if (metric instanceof RatioMetric ratio) {
            return List.of(ratio.numerator(), ratio.denominator());
        }
        return metric instanceof DerivedMetric derived
                ? List.copyOf(expression(derived).names())
                : List.of();
    }

    private ValueType type(Metric metric) {
        if (metric instanceof SimpleMetric) {
            return view.aggregates().get(simple.indexOf(metric)).resultType();
        }
        return metric instanceof DerivedMetric derived
                ? expression(derived).type(name -> type(metric(name)))
                : ValueType.DOUBLE;
    }

    /** One row while it is being finished: each simple metric's result is computed once. */
    private final class Row {
        private final Object[] states;
        private final Map<String, Object> values = new HashMap<>();

        Row(Object[] states) {
            this.states = states;
        }

        Object value(Metric metric) {
            if (!values.containsKey(metric.name())) {
                values.put(metric.name(), compute(metric));
            }
            return values.get(metric.name());
        }

        private Object compute(Metric metric) {
            if (metric instanceof RatioMetric ratio) {
                return Arithmetic.divide(value(metric(ratio.numerator())), value(metric(ratio.denominator())));
            }
            if (metric instanceof DerivedMetric derived) {
                return expression(derived).evaluate(name -> value(metric(name)));
            }
            int index = simple.indexOf(metric);
            return aggregate(index).result(states[index]);
        }

        /** Of what an estimate goes into, however far up; empty where all is exact. */
        Optional<Bounds> bounds(Metric metric) {
            if (metric instanceof SimpleMetric) {
                int index = simple.indexOf(metric);
                return aggregate(index).bounds(states[index]);
            }
            return estimated(metric) ? Optional.of(interval(metric).bounds(type(metric))) : Optional.empty();
        }

        private boolean estimated(Metric metric) {
            return metric instanceof SimpleMetric
                    ? bounds(metric).isPresent()
                    : inputs(metric).stream().anyMatch(input -> estimated(metric(input)));
        }

        private Interval interval(Metric metric) {
            if (metric instanceof RatioMetric ratio) {
                return interval(metric(ratio.numerator())).over(interval(metric(ratio.denominator())));
            }
            if (metric instanceof DerivedMetric derived) {
                return expression(derived).evaluate(name -> interval(metric(name)), Interval.OPERATIONS);
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
