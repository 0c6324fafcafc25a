package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import java.math.BigDecimal;
import java.math.MathContext;

/** The average of longs or decimals, from their exact sum and count; rounded once, at the end. */
final class ExactAverage implements Aggregate<ExactAverage.State> {
    static final class State {
        private final ExactTotal total;
        private long count;

        private State(ExactTotal total, long count) {
            this.total = total;
            this.count = count;
        }
    }

    private final int scale;

    ExactAverage(ValueType input) {
        this.scale = input.scale();
    }

    @Override
    public int id() {
        return 5;
    }

    @Override
    public int stateVersion() {
        return 1;
    }

    @Override
    public State zero() {
        return new State(new ExactTotal(), 0);
    }

    @Override
    public State add(State state, Object value, Occurrence at) {
        state.total.addValue(value, scale);
        state.count++;
        return state;
    }

    @Override
    public State merge(State left, State right) {
        left.total.add(right.total);
        left.count += right.count;
        return left;
    }

    @Override
    public Object result(State state) {
        if (state.count == 0) {
            return null;
        }
        return new BigDecimal(state.total.value(), scale)
                .divide(BigDecimal.valueOf(state.count), MathContext.DECIMAL128)
                .doubleValue();
    }

    @Override
    public ValueType resultType() {
        return ValueType.DOUBLE;
    }

    @Override
    public void encode(State state, StateWriter out) {
        out.writeUnsigned(state.count);
        state.total.encode(out);
    }

    @Override
    public State decode(StateReader in, int version) {
        long count = in.readUnsigned();
        return new State(ExactTotal.decode(in), count);
    }
}
