package io.bifocal.spark;

import java.util.List;

/** What became of one record: an event, or the reason why it is none. */
public sealed interface Outcome {
    /**
     * A record that can be counted. Java values as {@link io.bifocal.core.model.ValueType} names them; null where there is
     * none.
     *
     * @param timeMicros event time, microseconds since 1970
     * @param columns one value for each column of the model, in its order
     * @param dimensions one for each dimension, in the model's order
     * @param inputs one for each simple metric, in the model's order: null where the filter does not hold or the expression
     *     is null; true where the metric counts events
     * @param identity values of the identity's columns; empty where the model has no identity, or the record lacks all of it:
     *     then it is an event of its own
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, compared by nobody
    record Event(long timeMicros, Object[] columns, Object[] dimensions, Object[] inputs, List<Object> identity)
            implements Outcome {
        /** What two records must have equal to be one event; meaningless where {@link #identity} is empty. */
        public EventKey key() {
            return new EventKey(timeMicros, identity);
        }
    }

    /** Equal for records that are one event. */
    record EventKey(long timeMicros, List<Object> identity) {}

    /**
     * A record that goes into quarantine.
     *
     * @param reason for people: which column, what it holds, what it should
     */
    record Malformed(String reason) implements Outcome {}
}
