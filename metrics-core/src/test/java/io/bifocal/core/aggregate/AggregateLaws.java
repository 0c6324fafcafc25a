package io.bifocal.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.aggregate.Aggregate.Bounds;
import io.bifocal.core.aggregate.Aggregate.Occurrence;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What every aggregate promises, whatever it computes: states form a commutative monoid, any split of the events gives the
 * same answer, and bytes bring states back. An aggregate's test extends this, says which values there are and computes the
 * expected result the plain way.
 */
public abstract class AggregateLaws {
    /** One value where and when it occurred. */
    protected record Event(Object value, Occurrence at) {}

    private static final long SEED = 20_101_201;
    private static final double TOLERANCE = 1e-9;

    private Aggregate<Object> aggregate;

    /** What the model file would say; its input has the type {@link #input}. */
    protected abstract SimpleMetric metric();

    protected abstract ValueType input();

    protected abstract Object randomValue(Random random);

    /** The true result of these events, at least one. */
    protected abstract Object expected(List<Event> events);

    protected Object resultOfNothing() {
        return null;
    }

    /** Whether equal multisets of events give equal bytes, whatever the order and the split. */
    protected boolean canonical() {
        return true;
    }

    protected List<Integer> sizes() {
        return List.of(0, 1, 2, 3, 10, 100, 600, 3_000);
    }

    /** Asserts that a state answers for these events: exactly, or with bounds that hold the truth. */
    protected void assertAnswers(Object state, List<Event> events) {
        Object truth = events.isEmpty() ? resultOfNothing() : expected(events);
        Object result = aggregate.result(state);
        Optional<Bounds> bounds = aggregate.bounds(state);
        if (bounds.isPresent()) {
            assertThat(within(bounds.get(), truth))
                    .as("%s within %s", truth, bounds)
                    .isTrue();
            assertThat(within(bounds.get(), result))
                    .as("%s within %s", result, bounds)
                    .isTrue();
        } else if (truth instanceof Double number) {
            assertThat((Double) result).isCloseTo(number, Offset.offset(TOLERANCE * Math.max(1, Math.abs(number))));
        } else {
            assertThat(result).isEqualTo(truth);
        }
    }

    protected static SimpleMetric metric(String aggregation) {
        return metric(aggregation, Optional.empty());
    }

    protected static SimpleMetric metric(String aggregation, Optional<Double> percentile) {
        return new SimpleMetric("m", "", "", aggregation, Optional.of("x"), Optional.empty(), percentile);
    }

    @SuppressWarnings("unchecked") // its own states are all that is ever given to it
    private static Aggregate<Object> any(Aggregate<?> aggregate) {
        return (Aggregate<Object>) aggregate;
    }

    @BeforeEach
    void chooseTheAggregate() {
        aggregate = any(Aggregates.of(metric(), input()));
    }

    @Test
    void nothingHasItsResult() {
        assertThat(aggregate.result(aggregate.zero())).isEqualTo(resultOfNothing());
        assertThat(aggregate.bounds(aggregate.zero())).isEmpty();
        assertThat(aggregate.result(copy(aggregate.zero()))).isEqualTo(resultOfNothing());
    }

    @Test
    void idAndVersionFitIntoTheirByte() {
        assertThat(aggregate.id()).isBetween(1, 127);
        assertThat(aggregate.stateVersion()).isBetween(1, 127);
    }

    @TestFactory
    List<DynamicTest> answersForAllThatWasAdded() {
        return forEachSize((events, random) -> assertAnswers(state(events), events));
    }

    @TestFactory
    List<DynamicTest> zeroChangesNothing() {
        return forEachSize((events, random) -> {
            assertAnswers(aggregate.merge(aggregate.zero(), state(events)), events);
            assertAnswers(aggregate.merge(state(events), aggregate.zero()), events);
        });
    }

    @TestFactory
    List<DynamicTest> mergingIsCommutative() {
        return forEachSize((events, random) -> {
            int cut = events.isEmpty() ? 0 : random.nextInt(events.size());
            List<Event> left = events.subList(0, cut);
            List<Event> right = events.subList(cut, events.size());
            Object one = aggregate.merge(state(left), state(right));
            Object other = aggregate.merge(state(right), state(left));
            assertSame(one, other, events);
        });
    }

    @TestFactory
    List<DynamicTest> mergingIsAssociative() {
        return forEachSize((events, random) -> {
            int third = events.size() / 3;
            List<Event> a = events.subList(0, third);
            List<Event> b = events.subList(third, 2 * third);
            List<Event> c = events.subList(2 * third, events.size());
            Object one = aggregate.merge(aggregate.merge(state(a), state(b)), state(c));
            Object other = aggregate.merge(state(a), aggregate.merge(state(b), state(c)));
            assertSame(one, other, events);
        });
    }

    @TestFactory
    List<DynamicTest> anySplitInAnyOrderGivesTheSame() {
        return forEachSize((events, random) -> {
            List<Event> shuffled = new ArrayList<>(events);
            Collections.shuffle(shuffled, random);
            assertSame(mergeAtRandom(pieces(shuffled, random), random), state(events), events);
        });
    }

    @TestFactory
    List<DynamicTest> bytesBringStatesBack() {
        return forEachSize((events, random) -> {
            Object decoded = decode(encode(state(events)));
            assertAnswers(decoded, events);
            assertSameBytes(decoded, state(events));
            int cut = events.size() / 2;
            Object continued = copy(state(events.subList(0, cut)));
            for (Event event : events.subList(cut, events.size())) {
                continued = aggregate.add(continued, event.value(), event.at());
            }
            assertAnswers(continued, events);
        });
    }

    @TestFactory
    List<DynamicTest> compactedStatesMergeWithOthersWithinTheirBounds() {
        return forEachSize((events, random) -> {
            List<Object> pieces = pieces(events, random);
            pieces.replaceAll(piece -> random.nextBoolean() ? copy(aggregate.compact(piece)) : piece);
            assertAnswers(mergeAtRandom(pieces, random), events);
            assertAnswers(aggregate.compact(state(events)), events);
        });
    }

    private void assertSame(Object one, Object other, List<Event> events) {
        assertAnswers(one, events);
        assertAnswers(other, events);
        assertSameBytes(one, other);
    }

    private void assertSameBytes(Object one, Object other) {
        if (canonical()) {
            assertThat(Arrays.equals(encode(one), encode(other)))
                    .as("equal bytes")
                    .isTrue();
        }
    }

    private interface Law {
        void check(List<Event> events, Random random);
    }

    private List<DynamicTest> forEachSize(Law law) {
        return sizes().stream()
                .map(size -> DynamicTest.dynamicTest(size + " events, seed " + SEED, () -> {
                    Random random = new Random(SEED + size);
                    law.check(events(size, random), random);
                }))
                .toList();
    }

    private List<Event> events(int size, Random random) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            events.add(new Event(randomValue(random), new Occurrence(random.nextInt(50), random.nextInt(3), i)));
        }
        return events;
    }

    private Object state(List<Event> events) {
        Object state = aggregate.zero();
        for (Event event : events) {
            state = aggregate.add(state, event.value(), event.at());
        }
        return state;
    }

    private List<Object> pieces(List<Event> events, Random random) {
        int[] cuts = random.ints(4, 0, events.size() + 1).sorted().toArray();
        List<Object> pieces = new ArrayList<>();
        int from = 0;
        for (int cut : Arrays.copyOf(cuts, cuts.length + 1)) {
            int to = pieces.size() == cuts.length ? events.size() : cut;
            pieces.add(state(events.subList(from, to)));
            from = to;
        }
        return pieces;
    }

    private Object mergeAtRandom(List<Object> pieces, Random random) {
        while (pieces.size() > 1) {
            Object left = pieces.remove(random.nextInt(pieces.size()));
            Object right = pieces.remove(random.nextInt(pieces.size()));
            Object merged = aggregate.merge(left, right);
            pieces.add(random.nextBoolean() ? copy(merged) : merged);
        }
        return pieces.get(0);
    }

    private Object copy(Object state) {
        return decode(encode(state));
    }

    private byte[] encode(Object state) {
        StateWriter out = new StateWriter();
        aggregate.encode(state, out);
        return out.toByteArray();
    }

    private Object decode(byte[] bytes) {
        StateReader in = new StateReader(bytes);
        Object state = aggregate.decode(in, aggregate.stateVersion());
        assertThat(in.exhausted()).as("all bytes were read").isTrue();
        return state;
    }

    @SuppressWarnings("unchecked") // results and bounds of one aggregate have one type
    private static boolean within(Bounds bounds, Object value) {
        return ((Comparable<Object>) bounds.low()).compareTo(value) <= 0
                && ((Comparable<Object>) bounds.high()).compareTo(value) >= 0;
    }
}
