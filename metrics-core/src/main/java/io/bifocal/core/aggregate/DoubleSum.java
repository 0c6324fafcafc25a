package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;

/** Sums or averages doubles; the same to about 15 digits whatever the order. */
final class DoubleSum implements Aggregate<DoubleSum.State> {
    static final class State {
        private final CompensatedSum sum;
        private long count;

        private State(CompensatedSum sum, long count) {
            this.sum = sum;
            this.count = count;
        }
    }

    /** What is made of the sum. */
    enum Form {
        SUM(4),
        AVERAGE(6);

        private final int id;

        Form(int id) {
            this.id = id;
        }
    }

    private final Form form;

    DoubleSum(Form form) {
        this.form = form;
    }

    @Override
    public int id() {
        return form.id;
    }

    @Override
    public int stateVersion() {
        return 1;
    }

    @Override
    public State zero() {
        return new State(new CompensatedSum(), 0);
    }

    @Override
    public State add(State state, Object value, Occurrence at) {
        state.sum.add((Double) value);
        state.count++;
        return state;
    }

    @Override
    public State merge(State left, State right) {
        left.sum.add(right.sum);
        left.count += right.count;
        return left;
    }

    @Override
    public Object result(State state) {
        if (state.count == 0) {
            return null;
        }
        return form == Form.SUM ? state.sum.value() : state.sum.value() / state.count;
    }

    @Override
    public ValueType resultType() {
        return ValueType.DOUBLE;
    }

    @Override
    public void encode(State state, StateWriter out) {
        out.writeUnsigned(state.count);
        state.sum.encode(out);
    }

    @Override
    public State decode(StateReader in, int version) {
        long count = in.readUnsigned();
        return new State(CompensatedSum.decode(in), count);
    }
}
