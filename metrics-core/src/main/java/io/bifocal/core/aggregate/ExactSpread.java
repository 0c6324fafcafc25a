package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/**
 * The sample variance or standard deviation of longs or decimals, from the exact sums of values and of squares: no
 * cancellation, and the same whatever the order. Null below two values.
 */
final class ExactSpread implements Aggregate<ExactSpread.State> {
    static final class State {
        private final ExactTotal total;
        private final ExactTotal squares;
        private long count;

        private State(ExactTotal total, ExactTotal squares, long count) {
            this.total = total;
            this.squares = squares;
            this.count = count;
        }
    }

    private final int scale;
    private final Spread spread;

    ExactSpread(ValueType input, Spread spread) {
        this.scale = input.scale();
        this.spread = spread;
    }

    @Override
    public int id() {
        return spread == Spread.VARIANCE ? 13 : 15;
    }

    @Override
    public int stateVersion() {
        return 1;
    }

    @Override
    public State zero() {
        return new State(new ExactTotal(), new ExactTotal(), 0);
    }

    @Override
    public State add(State state, Object value, Occurrence at) {
        state.total.addValue(value, scale);
        state.squares.addSquare(value, scale);
        state.count++;
        return state;
    }

    @Override
    public State merge(State left, State right) {
        left.total.add(right.total);
        left.squares.add(right.squares);
        left.count += right.count;
        return left;
    }

    @Override
    public Object result(State state) {
        if (state.count < 2) {
            return null;
        }
        BigInteger count = BigInteger.valueOf(state.count);
        BigInteger scaled = state.squares
                .value()
                .multiply(count)
                .subtract(state.total.value().pow(2));
        BigInteger pairs = count.multiply(count.subtract(BigInteger.ONE));
        return spread.of(new BigDecimal(scaled, 2 * scale)
                .divide(new BigDecimal(pairs), MathContext.DECIMAL128)
                .doubleValue());
    }

    @Override
    public ValueType resultType() {
        return ValueType.DOUBLE;
    }

    @Override
    public void encode(State state, StateWriter out) {
        out.writeUnsigned(state.count);
        state.total.encode(out);
        state.squares.encode(out);
    }

    @Override
    public State decode(StateReader in, int version) {
        long count = in.readUnsigned();
        ExactTotal total = ExactTotal.decode(in);
        return new State(total, ExactTotal.decode(in), count);
    }
}
