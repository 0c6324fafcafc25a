package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;

/** Counts values; of events where the metric has no expression, of values that are not null where it has one. */
final class Count implements Aggregate<Count.State> {
    static final class State {
        private long count;
    }

    @Override
    public int id() {
        return 1;
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
        state.count++;
        return state;
    }

    @Override
    public State merge(State left, State right) {
        left.count += right.count;
        return left;
    }

    @Override
    public Object result(State state) {
        return state.count;
    }

    @Override
    public ValueType resultType() {
        return ValueType.LONG;
    }

    @Override
    public void encode(State state, StateWriter out) {
        out.writeUnsigned(state.count);
    }

    @Override
    public State decode(StateReader in, int version) {
        State state = new State();
        state.count = in.readUnsigned();
        return state;
    }
}
