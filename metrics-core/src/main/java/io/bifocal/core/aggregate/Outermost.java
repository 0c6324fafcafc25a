package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;

/** The value of the first or the last event, by (time, partition, offset). */
final class Outermost implements Aggregate<Outermost.State> {
    static final class State {
        private Object value;
        private Occurrence at;
    }

    /** Which end of time. */
    enum End {
        FIRST,
        LAST
    }

    private final ValueType input;
    private final End end;

    Outermost(ValueType input, End end) {
        this.input = input;
        this.end = end;
    }

    @Override
    public int id() {
        return end == End.FIRST ? 17 : 18;
    }

    @Override
    public int stateVersion() {
        return 1;
    }

    @Override
    public State zero() {
        return new State();
    }

    @Override
    public State add(State state, Object value, Occurrence at) {
        if (state.value == null || beats(value, at, state)) {
            state.value = value;
            state.at = at;
        }
        return state;
    }

    /** A topic that was made again repeats positions; then the values decide, so that order of merging never does. */
    @SuppressWarnings("unchecked") // all values of one metric have the Java type that its ValueType names
    private boolean beats(Object value, Occurrence at, State state) {
        int order = Long.compare(at.timeMicros(), state.at.timeMicros());
        if (order == 0) {
            order = Integer.compare(at.partition(), state.at.partition());
        }
        if (order == 0) {
            order = Long.compare(at.offset(), state.at.offset());
        }
        if (order == 0) {
            order = ((Comparable<Object>) value).compareTo(state.value);
        }
        return end == End.FIRST ? order < 0 : order > 0;
    }

    @Override
    public State merge(State left, State right) {
        return right.value == null ? left : add(left, right.value, right.at);
    }

    @Override
    public Object result(State state) {
        return state.value;
    }

    @Override
    public ValueType resultType() {
        return input;
    }

    @Override
    public void encode(State state, StateWriter out) {
        if (state.value != null) {
            out.writeLong(state.at.timeMicros())
                    .writeUnsigned(state.at.partition())
                    .writeUnsigned(state.at.offset());
            ValueCodec.write(input, state.value, out);
        }
    }

    @Override
    public State decode(StateReader in, int version) {
        State state = new State();
        if (!in.exhausted()) {
            state.at = new Occurrence(in.readLong(), Math.toIntExact(in.readUnsigned()), in.readUnsigned());
            state.value = ValueCodec.read(input, in);
        }
        return state;
    }
}
