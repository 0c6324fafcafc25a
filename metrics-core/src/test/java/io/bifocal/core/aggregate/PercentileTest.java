package io.bifocal.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PercentileTest {
    private static final double PERCENTILE = 0.95;
    private static final long SEED = 20_101_201;

    abstract static class PercentileLaws extends TypedLaws {
        PercentileLaws(ValueType input) {
            super("percentile", input, values -> PlainResults.percentile(PERCENTILE, values));
        }

        @Override
        protected SimpleMetric metric() {
            return metric("percentile", Optional.of(PERCENTILE));
        }

        /** Beyond what is kept exactly, sketches choose at random what they keep. */
        @Override
        protected boolean canonical() {
            return false;
        }

        @Override
        protected List<Integer> sizes() {
            return List.of(0, 1, 2, 20, 100, 1_400, 1_401, 20_000);
        }
    }

    abstract static class ExactLaws extends PercentileLaws {
        ExactLaws(ValueType input) {
            super(input);
        }

        @Override
        protected boolean canonical() {
            return true;
        }

        @Override
        protected List<Integer> sizes() {
            return List.of(0, 1, 7, 100, Percentile.K);
        }
    }

    @Nested
    class OfLongs extends PercentileLaws {
        OfLongs() {
            super(ValueType.LONG);
        }
    }

    @Nested
    class OfFewLongs extends ExactLaws {
        OfFewLongs() {
            super(ValueType.LONG);
        }
    }

    @Nested
    class OfDoubles extends PercentileLaws {
        OfDoubles() {
            super(ValueType.DOUBLE);
        }
    }

    @Nested
    class OfFewDoubles extends ExactLaws {
        OfFewDoubles() {
            super(ValueType.DOUBLE);
        }
    }

    @Nested
    class OfDecimals extends PercentileLaws {
        OfDecimals() {
            super(ValueType.decimal(10, 2));
        }
    }

    @Nested
    class OfFewDecimals extends ExactLaws {
        OfFewDecimals() {
            super(ValueType.decimal(10, 2));
        }
    }

    @Nested
    class OfTimestamps extends PercentileLaws {
        OfTimestamps() {
            super(ValueType.TIMESTAMP);
        }
    }

    @Nested
    class OfFewTimestamps extends ExactLaws {
        OfFewTimestamps() {
            super(ValueType.TIMESTAMP);
        }
    }

    @Test
    void isTheSameWheneverTheSameStatesAreMerged() {
        Percentile percentile = new Percentile(ValueType.LONG, PERCENTILE);
        Random random = new Random(SEED);
        byte[][] pieces = random.ints(40, 1, 4_000)
                .mapToObj(size -> {
                    Percentile.State piece = percentile.zero();
                    for (int i = 0; i < size; i++) {
                        percentile.add(piece, random.nextLong(1_000_000), null);
                    }
                    return bytes(percentile, piece);
                })
                .toArray(byte[][]::new);
        assertThat(merged(percentile, pieces)).isEqualTo(merged(percentile, pieces));
    }

    private static byte[] merged(Percentile percentile, byte[][] pieces) {
        Percentile.State merged = percentile.zero();
        for (byte[] piece : pieces) {
            merged = percentile.merge(merged, percentile.decode(new StateReader(piece), 1));
        }
        return bytes(percentile, merged);
    }

    private static byte[] bytes(Percentile percentile, Percentile.State state) {
        StateWriter out = new StateWriter();
        percentile.encode(state, out);
        return out.toByteArray();
    }

    @Test
    void isTheValueAtTheNearestRank() {
        assertThat(percentile(0.07, 100)).isEqualTo(7L);
        assertThat(percentile(0.95, 20)).isEqualTo(19L);
        assertThat(percentile(0.5, 5)).isEqualTo(3L);
        assertThat(percentile(0.001, 5)).isEqualTo(1L);
        assertThat(percentile(0.999, 5)).isEqualTo(5L);
    }

    @Test
    void ranksStayWithinHalfAPercentHoweverOftenSketchesAreMerged() {
        Random random = new Random(SEED);
        Percentile percentile = new Percentile(ValueType.LONG, PERCENTILE);
        long[] values = random.longs(200_000, 0, 1L << 40).toArray();
        Percentile.State merged = percentile.zero();
        for (int from = 0; from < values.length; from += 1_000) {
            Percentile.State piece = percentile.zero();
            for (int i = from; i < from + 1_000; i++) {
                percentile.add(piece, values[i], null);
            }
            merged = percentile.merge(piece, merged);
        }
        Arrays.sort(values);
        long result = (Long) percentile.result(merged);
        double rank = (Arrays.binarySearch(values, result) + 1.0) / values.length;
        assertThat(rank).as("seed %d", SEED).isCloseTo(PERCENTILE, within(Percentile.RANK_ERROR));
    }

    @Test
    void leavesOutWhatIsNotANumber() {
        Percentile percentile = new Percentile(ValueType.DOUBLE, PERCENTILE);
        assertThat(percentile.result(percentile.add(percentile.zero(), Double.NaN, null)))
                .isNull();
    }

    @Test
    void keepsTheOrderOfDecimalsThatNoLongHolds() {
        RankOrder order = new RankOrder(ValueType.decimal(38, 2));
        List<BigDecimal> ascending = Stream.of(
                        "-999999999999999999999999999999999999.99",
                        "-23058430092136939.52",
                        "-23058430092136939.51",
                        "0.00",
                        "12.34",
                        "23058430092136939.51",
                        "23058430092136939.52",
                        "99999999999999999999.00",
                        "999999999999999999999999999999999999.99")
                .map(BigDecimal::new)
                .toList();
        assertThat(ascending.stream().map(order::rank)).isSortedAccordingTo(Long::compare);
        for (BigDecimal value : ascending) {
            assertThat(((BigDecimal) order.value(order.rank(value))).doubleValue())
                    .isCloseTo(value.doubleValue(), within(Math.abs(value.doubleValue()) * 1e-15));
        }
        assertThat(order.value(order.rank(new BigDecimal("23058430092136939.51"))))
                .isEqualTo(new BigDecimal("23058430092136939.51"));
    }

    private static Object percentile(double at, int count) {
        Percentile percentile = new Percentile(ValueType.LONG, at);
        Percentile.State state = percentile.zero();
        for (long value = count; value >= 1; value--) {
            state = percentile.add(state, value, null);
        }
        return percentile.result(state);
    }
}
