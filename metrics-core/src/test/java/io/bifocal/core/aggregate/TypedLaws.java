package io.bifocal.core.aggregate;

import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** The laws for one aggregation of one type, whose true result a function of the values gives. */
abstract class TypedLaws extends AggregateLaws {
    private final String aggregation;
    private final ValueType input;
    private final Function<List<Object>, Object> plain;

    TypedLaws(String aggregation, ValueType input, Function<List<Object>, Object> plain) {
        this.aggregation = aggregation;
        this.input = input;
        this.plain = plain;
    }

    @Override
    protected SimpleMetric metric() {
        return metric(aggregation);
    }

    @Override
    protected ValueType input() {
        return input;
    }

    @Override
    protected Object randomValue(Random random) {
        return Samples.value(input, random);
    }

    @Override
    protected Object expected(List<Event> events) {
        return plain.apply(events.stream().map(Event::value).toList());
    }

    /** Sums of doubles depend on their order in the last digits. */
    @Override
    protected boolean canonical() {
        return PlainResults.exact(input);
    }
}
