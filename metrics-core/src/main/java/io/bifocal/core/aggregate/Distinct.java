package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.datasketches.hash.MurmurHash3;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.hll.Union;

/**
 * Counts different values: by an exact set of their 128-bit hashes, or, once that was given up, by an HLL sketch of those
 * hashes (standard error 0.8 %), so that sets and sketches merge. The exact form gives up only in {@link #compact}, the
 * approximate form as soon as the set has more than {@link #EXACT_LIMIT} values.
 */
final class Distinct implements Aggregate<Distinct.State> {
    static final class State {
        /** Null once a sketch has taken its place. */
        private HashSet128 exact;

        private HllSketch sketch;
        /** What sketches are merged in; made at the first merge, then it holds all that {@code sketch} does. */
        private Union union;
    }

    /** Whether the set may be given up while it is added to and merged. */
    enum Form {
        EXACT(9),
        APPROXIMATE(10);

        private final int id;

        Form(int id) {
            this.id = id;
        }
    }

    static final int EXACT_LIMIT = 512;

    private static final int LG_K = 14;
    private static final TgtHllType STORED = TgtHllType.HLL_4;
    private static final int STANDARD_DEVIATIONS = 3;
    private static final long SEED = 0x6269_666f_6361_6cL;

    private final ValueType input;
    private final Form form;

    Distinct(ValueType input, Form form) {
        this.input = input;
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
        return ofExact(new HashSet128());
    }

    @Override
    public State add(State state, Object value, Occurrence at) {
        long[] hash = hash(value);
        if (state.exact != null) {
            state.exact.add(hash[0], hash[1]);
            return bounded(state);
        }
        if (state.union != null) {
            state.union.update(hash[0]);
        } else {
            state.sketch.update(hash[0]);
        }
        return state;
    }

    /** Of a canonical form: values that compare equal hash equal. */
    private long[] hash(Object value) {
        return switch (input.kind()) {
            case STRING -> hash(((String) value).getBytes(StandardCharsets.UTF_8));
            case LONG -> MurmurHash3.hash((Long) value, SEED);
            case DOUBLE -> MurmurHash3.hash(Double.doubleToLongBits((Double) value + 0.0), SEED);
            case DECIMAL ->
                hash(((BigDecimal) value)
                        .setScale(input.scale())
                        .unscaledValue()
                        .toByteArray());
            case BOOLEAN -> MurmurHash3.hash((Boolean) value ? 1L : 0L, SEED);
            case TIMESTAMP -> MurmurHash3.hash(ValueCodec.micros((Instant) value), SEED);
        };
    }

    /** The library refuses to hash nothing. */
    private static long[] hash(byte[] bytes) {
        return bytes.length == 0 ? new long[] {SEED, ~SEED} : MurmurHash3.hash(bytes, SEED);
    }

    @Override
    public State merge(State left, State right) {
        if (left.exact != null && right.exact != null) {
            State larger = left.exact.size() >= right.exact.size() ? left : right;
            larger.exact.addAll(larger == left ? right.exact : left.exact);
            return bounded(larger);
        }
        State into = left.exact == null ? left : right;
        State from = into == left ? right : left;
        Union union = union(into);
        if (from.exact != null) {
            from.exact.forEach((high, low) -> union.update(high));
        } else {
            union.update(sketch(from));
        }
        return into;
    }

    private State bounded(State state) {
        return form == Form.APPROXIMATE ? compact(state) : state;
    }

    @Override
    public State compact(State state) {
        if (state.exact != null && state.exact.size() > EXACT_LIMIT) {
            HllSketch sketch = new HllSketch(LG_K, STORED);
            state.exact.forEach((high, low) -> sketch.update(high));
            state.sketch = sketch;
            state.exact = null;
        }
        return state;
    }

    /** By the hashes' leading bits, which are evenly distributed. */
    @Override
    public List<State> split(State state, int mostBytes) {
        if (state.exact == null) {
            return List.of(state);
        }
        return state.exact.split(mostBytes).stream().map(Distinct::ofExact).toList();
    }

    private static State ofExact(HashSet128 exact) {
        State state = new State();
        state.exact = exact;
        return state;
    }

    private static Union union(State state) {
        if (state.union == null) {
            state.union = new Union(LG_K);
            state.union.update(state.sketch);
            state.sketch = null;
        }
        return state.union;
    }

    private static HllSketch sketch(State state) {
        return state.union == null ? state.sketch : state.union.getResult(STORED);
    }

    @Override
    public Object result(State state) {
        return state.exact != null
                ? state.exact.size()
                : Math.round(sketch(state).getEstimate());
    }

    @Override
    public ValueType resultType() {
        return ValueType.LONG;
    }

    @Override
    public Optional<Bounds> bounds(State state) {
        if (state.exact != null) {
            return Optional.empty();
        }
        HllSketch sketch = sketch(state);
        return Optional.of(new Bounds((long) Math.floor(sketch.getLowerBound(STANDARD_DEVIATIONS)), (long)
                Math.ceil(sketch.getUpperBound(STANDARD_DEVIATIONS))));
    }

    @Override
    public void encode(State state, StateWriter out) {
        if (state.exact != null) {
            out.writeByte(0);
            state.exact.encode(out);
        } else {
            out.writeByte(1).writeBytes(sketch(state).toCompactByteArray());
        }
    }

    @Override
    public State decode(StateReader in, int version) {
        State state = new State();
        if (in.readByte() == 0) {
            state.exact = HashSet128.decode(in);
        } else {
            state.sketch = HllSketch.heapify(in.readBytes());
        }
        return state;
    }
}
