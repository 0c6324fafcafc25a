package io.bifocal.core.aggregate;

import io.bifocal.core.aggregate.Aggregate.Occurrence;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;

class OutermostTest {
    private static final Comparator<AggregateLaws.Event> IN_TIME = Comparator.comparing(
            AggregateLaws.Event::at,
            Comparator.comparingLong(Occurrence::timeMicros)
                    .thenComparing(Occurrence::partition)
                    .thenComparing(Occurrence::offset));

    abstract static class OutermostLaws extends AggregateLaws {
        private final String aggregation;
        private final ValueType input;
        private final Comparator<Event> order;

        OutermostLaws(String aggregation, ValueType input, Comparator<Event> order) {
            this.aggregation = aggregation;
            this.input = input;
            this.order = order;
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
            return events.stream().min(order).orElseThrow().value();
        }
    }

    @Nested
    class FirstString extends OutermostLaws {
        FirstString() {
            super("first", ValueType.STRING, IN_TIME);
        }
    }

    @Nested
    class LastDecimal extends OutermostLaws {
        LastDecimal() {
            super("last", ValueType.decimal(10, 2), IN_TIME.reversed());
        }
    }
}
