package io.bifocal.core.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.aggregate.Aggregate;
import io.bifocal.core.aggregate.Aggregates;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowCodecTest {
    private static final List<ValueType> TYPES = List.of(
            ValueType.STRING,
            ValueType.LONG,
            ValueType.DOUBLE,
            ValueType.decimal(10, 2),
            ValueType.BOOLEAN,
            ValueType.TIMESTAMP);
    private static final List<Aggregate<?>> AGGREGATES =
            List.of(Aggregates.COUNT, aggregate("sum", ValueType.LONG), aggregate("max", ValueType.STRING));

    @Test
    void bringsKeysBackWithTheirNulls() {
        Object[] values = {
            "Käse", Long.MIN_VALUE, -0.5, new BigDecimal("-12.30"), true, Instant.parse("1969-12-31T23:59:59.999999Z")
        };
        assertThat(RowCodec.decodeKey(TYPES, RowCodec.encodeKey(TYPES, values))).isEqualTo(values);
        Object[] nulls = new Object[TYPES.size()];
        assertThat(RowCodec.decodeKey(TYPES, RowCodec.encodeKey(TYPES, nulls))).isEqualTo(nulls);
        assertThat(RowCodec.encodeKey(List.of(), new Object[0])).isEmpty();
    }

    @Test
    void tellsAnEmptyStringFromNull() {
        List<ValueType> types = List.of(ValueType.STRING);
        assertThat(RowCodec.encodeKey(types, new Object[] {""}))
                .isNotEqualTo(RowCodec.encodeKey(types, new Object[] {null}));
    }

    @Test
    void bringsStatesBack() {
        Object[] states = RowCodec.decodeStates(AGGREGATES, RowCodec.encodeStates(AGGREGATES, states()));
        assertThat(results(states)).containsExactly(1L, 20L, "x");
    }

    @Test
    void readsOnlyTheStatesThatAreWanted() {
        byte[] bytes = RowCodec.encodeStates(AGGREGATES, states());
        Object[] states = RowCodec.decodeStates(AGGREGATES, bytes, new boolean[] {false, false, true});
        assertThat(states[0]).isNull();
        assertThat(states[1]).isNull();
        assertThat(RowCodec.at(AGGREGATES, 2).result(states[2])).isEqualTo("x");
    }

    @Test
    void refusesTheStateOfAnotherAggregate() {
        byte[] bytes = RowCodec.encodeStates(AGGREGATES, states());
        List<Aggregate<?>> others = List.of(Aggregates.COUNT, Aggregates.COUNT, Aggregates.COUNT);
        assertThatThrownBy(() -> RowCodec.decodeStates(others, bytes))
                .hasMessage("state 1 has id 2 version 1, expected 1 version 1 or earlier");
    }

    @Test
    void refusesAStateOfALaterVersion() {
        byte[] bytes = RowCodec.encodeStates(AGGREGATES, states());
        bytes[1] = 2;
        assertThatThrownBy(() -> RowCodec.decodeStates(AGGREGATES, bytes))
                .hasMessage("state 0 has id 1 version 2, expected 1 version 1 or earlier");
    }

    @Test
    void splitsStatesThatAreTooLargeForARow() {
        List<Aggregate<?>> aggregates = List.of(
                Aggregates.COUNT, aggregate("count_distinct", ValueType.LONG), aggregate("max", ValueType.LONG));
        Object[] states = {
            aggregates.get(0).zero(),
            aggregates.get(1).zero(),
            aggregates.get(2).zero()
        };
        for (long i = 0; i < 300_000; i++) {
            for (int j = 0; j < states.length; j++) {
                states[j] = RowCodec.at(aggregates, j).add(states[j], i, null);
            }
        }

        List<byte[]> pieces = RowCodec.split(aggregates, RowCodec.encodeStates(aggregates, states));

        assertThat(pieces).hasSize(8).allSatisfy(piece -> assertThat(piece).hasSizeLessThan(RowCodec.MOST_BYTES));
        Object[] merged = RowCodec.decodeStates(aggregates, pieces.get(0));
        for (byte[] piece : pieces.subList(1, pieces.size())) {
            Object[] more = RowCodec.decodeStates(aggregates, piece);
            for (int j = 0; j < merged.length; j++) {
                merged[j] = RowCodec.at(aggregates, j).merge(merged[j], more[j]);
            }
        }
        assertThat(IntStream.range(0, 3)
                        .mapToObj(j -> RowCodec.at(aggregates, j).result(merged[j])))
                .containsExactly(300_000L, 300_000L, 299_999L);
    }

    @Test
    void leavesOtherRowsAsTheyAre() {
        byte[] bytes = RowCodec.encodeStates(AGGREGATES, states());

        assertThat(RowCodec.split(AGGREGATES, bytes)).containsExactly(bytes);
    }

    @Test
    void spreadsKeysEvenlyOverShards() {
        int shards = 31;
        int[] counts = new int[shards];
        for (int i = 0; i < 31_000; i++) {
            counts[
                    RowCodec.shard(
                            RowCodec.encodeKey(List.of(ValueType.STRING), new Object[] {"user" + i * 10}), shards)]++;
        }
        assertThat(Arrays.stream(counts).min().orElseThrow()).isGreaterThan(800);
        assertThat(Arrays.stream(counts).max().orElseThrow()).isLessThan(1_200);
    }

    private static Object[] states() {
        Object[] inputs = {true, 20L, "x"};
        return IntStream.range(0, inputs.length)
                .mapToObj(i -> {
                    Aggregate<Object> aggregate = RowCodec.at(AGGREGATES, i);
                    return aggregate.add(aggregate.zero(), inputs[i], null);
                })
                .toArray();
    }

    private static List<Object> results(Object[] states) {
        return IntStream.range(0, states.length)
                .mapToObj(i -> RowCodec.at(AGGREGATES, i).result(states[i]))
                .toList();
    }

    private static Aggregate<?> aggregate(String name, ValueType input) {
        return Aggregates.of(
                new SimpleMetric("m", "", "", name, Optional.of("x"), Optional.empty(), Optional.empty()), input);
    }
}
