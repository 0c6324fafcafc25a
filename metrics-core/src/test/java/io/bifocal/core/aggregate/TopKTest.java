package io.bifocal.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.core.aggregate.Aggregate.Bounds;
import io.bifocal.core.aggregate.Aggregate.Occurrence;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TopKTest {
    private static final int K = 5;
    private static final ObjectMapper JSON = new ObjectMapper();

    abstract static class ExactLaws extends TypedLaws {
        ExactLaws(ValueType input) {
            super("top_k", input, values -> PlainResults.mostFrequent(K, values));
        }

        @Override
        protected SimpleMetric metric() {
            return topK();
        }

        @Override
        protected boolean canonical() {
            return true;
        }

        /** No more different values than are counted exactly. */
        @Override
        protected List<Integer> sizes() {
            return List.of(0, 1, 2, 3, 10, 100, TopK.EXACT_VALUES);
        }
    }

    @Nested
    class OfStrings extends ExactLaws {
        OfStrings() {
            super(ValueType.STRING);
        }
    }

    @Nested
    class OfLongs extends ExactLaws {
        OfLongs() {
            super(ValueType.LONG);
        }
    }

    @Nested
    class OfDoubles extends ExactLaws {
        OfDoubles() {
            super(ValueType.DOUBLE);
        }
    }

    @Nested
    class OfDecimals extends ExactLaws {
        OfDecimals() {
            super(ValueType.decimal(38, 4));
        }
    }

    @Nested
    class OfBooleans extends ExactLaws {
        OfBooleans() {
            super(ValueType.BOOLEAN);
        }
    }

    @Nested
    class OfTimestamps extends ExactLaws {
        OfTimestamps() {
            super(ValueType.TIMESTAMP);
        }
    }

    /** Far more different values than are kept: what is forgotten depends on the order, within bounds. */
    @Nested
    class Beyond extends TypedLaws {
        Beyond() {
            super("top_k", ValueType.LONG, values -> PlainResults.mostFrequent(K, values));
        }

        @Override
        protected SimpleMetric metric() {
            return topK();
        }

        @Override
        protected boolean canonical() {
            return false;
        }

        @Override
        protected List<Integer> sizes() {
            return List.of(10, 2_000, 60_000);
        }

        @Override
        protected Object randomValue(Random random) {
            return random.nextInt(3) == 0 ? (long) random.nextInt(8) : random.nextInt(50_000) + 100L;
        }

        @Override
        protected void assertAnswers(Object state, List<Event> events) {
            Map<Long, Long> counts = new HashMap<>();
            events.forEach(event -> counts.merge((Long) event.value(), 1L, Long::sum));
            Aggregate<Object> aggregate = aggregate();
            Optional<Bounds> bounds = aggregate.bounds(state);
            JsonNode list = json(aggregate.result(state));
            JsonNode low = bounds.map(Bounds::low).map(TopKTest::json).orElse(list);
            JsonNode high = bounds.map(Bounds::high).map(TopKTest::json).orElse(list);
            for (int i = 0; i < list.size(); i++) {
                Long count = counts.remove(list.get(i).get("value").longValue());
                assertThat(count)
                        .isBetween(count(low, i), count(high, i))
                        .isBetween(count(list, i) - (long) (TopK.ERROR * events.size()), count(list, i));
            }
            long last = count(high, list.size() - 1);
            assertThat(counts.values()).allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(last));
        }
    }

    @Test
    void findsWhatIsFrequentInManyDifferentValues() {
        Aggregate<Object> aggregate = aggregate();
        Object state = aggregate.zero();
        Occurrence at = new Occurrence(0, 0, 0);
        for (long i = 0; i < 200_000; i++) {
            state = aggregate.add(state, i % 10 == 0 ? (i / 10) % K : 1_000 + i, at);
        }

        assertThat(aggregate.bounds(state)).isPresent();
        assertThat(json(aggregate.result(state)).findValuesAsText("value"))
                .containsExactlyInAnyOrder("0", "1", "2", "3", "4");
    }

    @Test
    void listsEqualCountsByValueAndQuotesTexts() {
        Aggregate<Object> aggregate = any(Aggregates.of(topK(), ValueType.STRING));
        Object state = aggregate.zero();
        for (String text : List.of("b", "a", "say \"c\"", "a", "b")) {
            state = aggregate.add(state, text, new Occurrence(0, 0, 0));
        }

        assertThat(aggregate.result(state))
                .isEqualTo("[{\"value\":\"a\",\"count\":2},{\"value\":\"b\",\"count\":2},"
                        + "{\"value\":\"say \\\"c\\\"\",\"count\":1}]");
    }

    private static SimpleMetric topK() {
        return new SimpleMetric(
                "m", "", "", "top_k", Optional.of("x"), Optional.empty(), Optional.empty(), Optional.of(K));
    }

    private static Aggregate<Object> aggregate() {
        return any(Aggregates.of(topK(), ValueType.LONG));
    }

    @SuppressWarnings("unchecked") // its own states are all that is ever given to it
    private static Aggregate<Object> any(Aggregate<?> aggregate) {
        return (Aggregate<Object>) aggregate;
    }

    private static long count(JsonNode list, int index) {
        return list.get(index).get("count").longValue();
    }

    private static JsonNode json(Object text) {
        try {
            return JSON.readTree((String) text);
        } catch (JsonProcessingException broken) {
            throw new AssertionError(broken);
        }
    }
}
