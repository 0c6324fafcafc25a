package io.bifocal.core.aggregate;

import io.bifocal.core.model.Arithmetic;
import io.bifocal.core.model.Arithmetic.Operator;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DerivedExpression;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.model.Model.DerivedMetric;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.RatioMetric;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;

/** The types of metrics' finished numbers. */
public final class MetricTypes {
    private final Definition definition;

    public MetricTypes(Definition definition) {
        this.definition = definition;
    }

    /**
     * The type of a metric.
     *
     * @throws IllegalArgumentException if it is computed from a metric that is no number; the message names that
     */
    public ValueType of(Metric metric) {
        if (metric instanceof SimpleMetric simple) {
            return Aggregates.of(simple, definition.inputTypes().get(simple.name()))
                    .resultType();
        }
        if (metric instanceof RatioMetric ratio) {
            return Arithmetic.type(Operator.DIVIDE, number(ratio.numerator()), number(ratio.denominator()));
        }
        if (metric instanceof CumulativeMetric cumulative) {
            return of(definition.model().metric(cumulative.inputMetric()).orElseThrow());
        }
        return DerivedExpression.parse(((DerivedMetric) metric).expr()).type(this::number);
    }

    private ValueType number(String name) {
        ValueType type = of(definition.model().metric(name).orElseThrow());
        if (!type.numeric()) {
            throw new IllegalArgumentException("`" + name + "` is a " + type + ", not a number");
        }
        return type;
    }
}
