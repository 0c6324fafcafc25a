package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;

/** The least or the greatest value of any type; texts by UTF-16 code units, false before true. */
final class Extreme implements Aggregate<Extreme.State> {
    static final class State {
        private Object value;
    }

    /** Which end of the order. */
    enum End {
        LEAST,
        GREATEST
    }

    private final ValueType input;
    private final End end;

    Extreme(ValueType input, End end) {
        this.input = input;
        this.end = end;
    }

    @Override
    public int id() {
        return end == End.LEAST ? 7 : 8;
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
        if (state.value == null || beats(value, state.value)) {
            state.value = value;
        }
        return state;
    }

    @SuppressWarnings("unchecked") // all values of one metric have the Java type that its ValueType names
    private boolean beats(Object value, Object other) {
        int order = ((Comparable<Object>) value).compareTo(other);
        return end == End.LEAST ? order < 0 : order > 0;
    }

    @Override
    public State merge(State left, State right) {
        return right.value == null ? left : add(left, right.value, null);
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
            ValueCodec.write(input, state.value, out);
        }
    }

    @Override
    public State decode(StateReader in, int version) {
        State state = new State();
        state.value = in.exhausted() ? null : ValueCodec.read(input, in);
        return state;
    }
}
