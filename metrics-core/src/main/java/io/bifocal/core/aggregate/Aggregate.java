package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import java.util.List;
import java.util.Optional;

/**
 * How one metric is aggregated, the only place where that is said. States form a commutative monoid: {@link #zero} is its
 * identity and {@link #merge} is associative and commutative, so any split of the events gives the same state (sketches: the
 * same within their bound). {@code AggregateLaws} in the tests checks this of every aggregate.
 *
 * <p>Stored states outlive the code: {@link #id} never changes meaning, and a changed encoding raises {@link #stateVersion}
 * and still decodes the older ones.
 *
 * @param <S> the state, mutable; one owner at a time
 */
public interface Aggregate<S> {
    /** Permanent; 1 to 127; never reused. */
    int id();

    /** Version of the encoding; 1 to 127. */
    int stateVersion();

    /** A new empty state. */
    S zero();

    /**
     * Adds one value, never null, of the Java type that {@link ValueType} names for this aggregate's input.
     *
     * @param at when and where the event occurred; what first and last order by
     * @return the state to go on with: {@code state} changed in place, or another
     */
    S add(S state, Object value, Occurrence at);

    /** Merges two states; both are given up to the result, which may be either of them. */
    S merge(S left, S right);

    /** Another state that holds the same. */
    default S copy(S state) {
        StateWriter out = new StateWriter();
        encode(state, out);
        return decode(new StateReader(out.toByteArray()), stateVersion());
    }

    /**
     * Bounds the state's size by giving up exactness where the aggregate may: live views call it before they write, batch
     * views never do.
     */
    default S compact(S state) {
        return state;
    }

    /**
     * The same as states that merge to it, none of which takes more than some bytes, where the state has no bound of its own:
     * a store has one for its rows. The state is given up.
     */
    default List<S> split(S state, int mostBytes) {
        return List.of(state);
    }

    /** The finished number, which leaves the state as it is; or null where nothing was added and the aggregate has no value for that. */
    Object result(S state);

    /** The type of {@link #result}. */
    ValueType resultType();

    /** Bounds of the true value where {@link #result} is an estimate; empty where it is exact. */
    default Optional<Bounds> bounds(S state) {
        return Optional.empty();
    }

    void encode(S state, StateWriter out);

    /**
     * Reads what {@link #encode} wrote.
     *
     * @param version what {@link #stateVersion} was when it was written
     */
    S decode(StateReader in, int version);

    /** The interval that holds the true value, of the result's type. */
    record Bounds(Object low, Object high) {}

    /** Where in event time and in Kafka an event stands. */
    record Occurrence(long timeMicros, int partition, long offset) {}
}
