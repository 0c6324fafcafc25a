package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import io.bifocal.core.model.ValueType.Kind;
import java.math.BigDecimal;

/**
 * Sums longs or decimals exactly. The result is a {@code Long}, or a {@code BigInteger} where that does not fit; of decimals a
 * {@code BigDecimal}.
 */
final class ExactSum implements Aggregate<ExactSum.State> {
    static final class State {
        private final ExactTotal total;
        private boolean any;

        private State(ExactTotal total, boolean any) {
            this.total = total;
            this.any = any;
        }
    }

    private static final int DECIMAL_PRECISION = 38;

    private final ValueType input;

    ExactSum(ValueType input) {
        this.input = input;
    }

    @Override
    public int id() {
        return input.kind() == Kind.DECIMAL ? 3 : 2;
    }

    @Override
    public int stateVersion() {
        return 1;
    }

    @Override
    public State zero() {
        return new State(new ExactTotal(), false);
    }

    @Override
    public State add(State state, Object value, Occurrence at) {
        state.total.addValue(value, input.scale());
        state.any = true;
        return state;
    }

    @Override
    public State merge(State left, State right) {
        left.total.add(right.total);
        left.any |= right.any;
        return left;
    }

    @Override
    public Object result(State state) {
        if (!state.any) {
            return null;
        }
        return input.kind() == Kind.DECIMAL ? new BigDecimal(state.total.value(), input.scale()) : state.total.number();
    }

    @Override
    public ValueType resultType() {
        return input.kind() == Kind.DECIMAL ? ValueType.decimal(DECIMAL_PRECISION, input.scale()) : ValueType.LONG;
    }

    @Override
    public void encode(State state, StateWriter out) {
        if (state.any) {
            state.total.encode(out);
        }
    }

    @Override
    public State decode(StateReader in, int version) {
        return in.exhausted() ? zero() : new State(ExactTotal.decode(in), true);
    }
}
