package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;

/**
 * The sample variance or standard deviation of doubles, by Welford's update and Chan's merge, which do not cancel. Null
 * below two values.
 */
final class DoubleSpread implements Aggregate<DoubleSpread.State> {
    static final class State {
        private long count;
        private double mean;
        private double squaredDeviations;
    }

    private final Spread spread;

    DoubleSpread(Spread spread) {
        this.spread = spread;
    }

    @Override
    public int id() {
        return spread == Spread.VARIANCE ? 14 : 16;
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
        double number = (Double) value;
        state.count++;
        double before = number - state.mean;
        state.mean += before / state.count;
        state.squaredDeviations += before * (number - state.mean);
        return state;
    }

    @Override
    public State merge(State left, State right) {
        if (left.count == 0 || right.count == 0) {
            return left.count == 0 ? right : left;
        }
        double count = (double) left.count + right.count;
        double apart = right.mean - left.mean;
        left.mean += apart * right.count / count;
        left.squaredDeviations += right.squaredDeviations + apart * apart * left.count * right.count / count;
        left.count += right.count;
        return left;
    }

    @Override
    public Object result(State state) {
        return state.count < 2 ? null : spread.of(state.squaredDeviations / (state.count - 1));
    }

    @Override
    public ValueType resultType() {
        return ValueType.DOUBLE;
    }

    @Override
    public void encode(State state, StateWriter out) {
        out.writeUnsigned(state.count).writeDouble(state.mean).writeDouble(state.squaredDeviations);
    }

    @Override
    public State decode(StateReader in, int version) {
        State state = new State();
        state.count = in.readUnsigned();
        state.mean = in.readDouble();
        state.squaredDeviations = in.readDouble();
        return state;
    }
}
