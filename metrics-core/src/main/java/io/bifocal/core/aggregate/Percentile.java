package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Optional;
import org.apache.datasketches.kll.KllLongsSketch;
import org.apache.datasketches.memory.Memory;
import org.apache.datasketches.quantilescommon.QuantileSearchCriteria;

/**
 * The nearest-rank percentile: of n values in order the one at ceil(p * n). All values are kept up to {@link #K}, and a KLL
 * sketch beyond, whose rank error of {@link #RANK_ERROR} is more than six standard deviations away. Not-a-number is left out.
 */
final class Percentile implements Aggregate<Percentile.State> {
    static final class State {
        /** The ranks of the values; null once a sketch has taken their place. DANGER: an empty sketch is 11 KB of heap. */
        private long[] exact;

        private int size;
        private KllLongsSketch sketch;
    }

    static final double RANK_ERROR = 0.005;
    /** The sketch's parameter, and until how many values it would be exact anyway. */
    static final int K = 1400;

    private static final int INITIAL_VALUES = 8;

    private final RankOrder order;
    private final ValueType input;
    private final double percentile;

    Percentile(ValueType input, double percentile) {
        this.order = new RankOrder(input);
        this.input = input;
        this.percentile = percentile;
    }

    @Override
    public int id() {
        return 11;
    }

    @Override
    public int stateVersion() {
        return 1;
    }

    @Override
    public State zero() {
        return ofRoom(INITIAL_VALUES);
    }

    private static State ofRoom(int values) {
        State state = new State();
        state.exact = new long[values];
        return state;
    }

    @Override
    public State add(State state, Object value, Occurrence at) {
        if (!(value instanceof Double number && number.isNaN())) {
            addRank(state, order.rank(value));
        }
        return state;
    }

    private static void addRank(State state, long rank) {
        if (state.sketch == null && state.size == K) {
            state.sketch = KllLongsSketch.newHeapInstance(K);
            state.sketch.update(state.exact, 0, state.size);
            state.exact = null;
        }
        if (state.sketch != null) {
            state.sketch.update(rank);
            return;
        }
        if (state.size == state.exact.length) {
            state.exact = Arrays.copyOf(state.exact, Math.min(K, 2 * state.size));
        }
        state.exact[state.size++] = rank;
    }

    @Override
    public State merge(State left, State right) {
        State into = left.sketch != null || (right.sketch == null && left.size >= right.size) ? left : right;
        State from = into == left ? right : left;
        if (into.sketch == null && into.size + from.size <= K) {
            addExact(into, from);
        } else {
            KllCoin.toss(31 * size(into) + size(from), () -> {
                if (from.sketch != null) {
                    into.sketch.merge(from.sketch);
                } else {
                    addExact(into, from);
                }
            });
        }
        return into;
    }

    private static void addExact(State into, State from) {
        for (int i = 0; i < from.size; i++) {
            addRank(into, from.exact[i]);
        }
    }

    private static long size(State state) {
        return state.sketch == null ? state.size : state.sketch.getN();
    }

    @Override
    public Object result(State state) {
        if (state.sketch != null) {
            return quantile(state.sketch, percentile);
        }
        if (state.size == 0) {
            return null;
        }
        Arrays.sort(state.exact, 0, state.size);
        int rank = BigDecimal.valueOf(percentile)
                .multiply(BigDecimal.valueOf(state.size))
                .setScale(0, RoundingMode.CEILING)
                .intValueExact();
        return order.value(state.exact[Math.max(0, rank - 1)]);
    }

    private Object quantile(KllLongsSketch sketch, double at) {
        return order.value(sketch.getQuantile(Math.max(0, Math.min(1, at)), QuantileSearchCriteria.INCLUSIVE));
    }

    @Override
    public ValueType resultType() {
        return input;
    }

    @Override
    public Optional<Bounds> bounds(State state) {
        return state.sketch == null
                ? Optional.empty()
                : Optional.of(new Bounds(
                        quantile(state.sketch, percentile - RANK_ERROR),
                        quantile(state.sketch, percentile + RANK_ERROR)));
    }

    /** The exact form in order, as differences: equal values give equal bytes. */
    @Override
    public void encode(State state, StateWriter out) {
        if (state.sketch != null) {
            out.writeByte(1).writeBytes(state.sketch.toByteArray());
            return;
        }
        Arrays.sort(state.exact, 0, state.size);
        out.writeByte(0).writeUnsigned(state.size);
        long last = 0;
        for (int i = 0; i < state.size; i++) {
            if (i == 0) {
                out.writeLong(state.exact[0]);
            } else {
                out.writeUnsigned(state.exact[i] - last);
            }
            last = state.exact[i];
        }
    }

    @Override
    public State decode(StateReader in, int version) {
        if (in.readByte() != 0) {
            State state = new State();
            state.sketch = KllLongsSketch.heapify(Memory.wrap(in.readBytes()));
            return state;
        }
        int size = Math.toIntExact(in.readUnsigned());
        State state = ofRoom(Math.max(size, INITIAL_VALUES));
        long last = 0;
        for (int i = 0; i < size; i++) {
            last = i == 0 ? in.readLong() : last + in.readUnsigned();
            state.exact[i] = last;
        }
        state.size = size;
        return state;
    }
}
