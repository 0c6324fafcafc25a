package io.bifocal.core.aggregate;

import com.fasterxml.jackson.databind.node.TextNode;
import io.bifocal.core.model.ValueType;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.datasketches.frequencies.ErrorType;
import org.apache.datasketches.frequencies.ItemsSketch;
import org.apache.datasketches.frequencies.ItemsSketch.Row;
import org.apache.datasketches.memory.Memory;

/**
 * The values that occur most often, with how often, as a JSON text: {@code [{"value":"a","count":3}, …]}, the most frequent
 * first, equal counts by value. Exact up to {@link #EXACT_VALUES} different values, whatever they were merged from. Beyond, a
 * frequent-items sketch forgets the rarest: a count is then too high by at most {@link #ERROR} of all that was added, and a
 * value that is not listed occurs no more often than the last one's upper bound.
 */
final class TopK implements Aggregate<ItemsSketch<Object>> {
    /** Slots of the sketch's table, of which three quarters are filled before it forgets. */
    private static final int SLOTS = 2_048;

    static final int EXACT_VALUES = SLOTS * 3 / 4;
    static final double ERROR = 3.5 / SLOTS;

    private final ValueType input;
    private final int k;
    private final ItemsCodec codec;

    TopK(ValueType input, int k) {
        this.input = input;
        this.k = k;
        this.codec = new ItemsCodec(input);
    }

    @Override
    public int id() {
        return 12;
    }

    @Override
    public int stateVersion() {
        return 1;
    }

    @Override
    public ItemsSketch<Object> zero() {
        return new ItemsSketch<>(SLOTS);
    }

    @Override
    public ItemsSketch<Object> add(ItemsSketch<Object> state, Object value, Occurrence at) {
        state.update(canonical(value));
        return state;
    }

    /** Values that are equal are one. */
    private Object canonical(Object value) {
        return switch (input.kind()) {
            case DOUBLE -> (Double) value + 0.0;
            case DECIMAL -> ((BigDecimal) value).setScale(input.scale());
            default -> value;
        };
    }

    @Override
    public ItemsSketch<Object> merge(ItemsSketch<Object> left, ItemsSketch<Object> right) {
        return left.getStreamLength() >= right.getStreamLength() ? left.merge(right) : right.merge(left);
    }

    @Override
    public Object result(ItemsSketch<Object> state) {
        return state.isEmpty() ? null : text(state, Row::getEstimate);
    }

    @Override
    public ValueType resultType() {
        return ValueType.STRING;
    }

    /** The same list with the least and with the most that each value can have occurred. */
    @Override
    public Optional<Bounds> bounds(ItemsSketch<Object> state) {
        return exact(state)
                ? Optional.empty()
                : Optional.of(new Bounds(text(state, Row::getLowerBound), text(state, Row::getUpperBound)));
    }

    private static boolean exact(ItemsSketch<Object> state) {
        return state.getMaximumError() == 0;
    }

    private String text(ItemsSketch<Object> state, ToLongFunction<Row<Object>> count) {
        Comparator<Row<Object>> order = Comparator.<Row<Object>>comparingLong(Row::getEstimate)
                .reversed()
                .thenComparing(Row::getItem, TopK::compare);
        return rows(state).stream()
                .sorted(order)
                .limit(k)
                .map(row -> "{\"value\":" + json(row.getItem()) + ",\"count\":" + count.applyAsLong(row) + "}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static List<Row<Object>> rows(ItemsSketch<Object> state) {
        return Arrays.asList(state.getFrequentItems(0, ErrorType.NO_FALSE_NEGATIVES));
    }

    @SuppressWarnings("unchecked") // all values of one metric have the Java type that its ValueType names
    private static int compare(Object left, Object right) {
        return ((Comparable<Object>) left).compareTo(right);
    }

    private static String json(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        return value instanceof String || value instanceof Instant
                ? TextNode.valueOf(value.toString()).toString()
                : value.toString();
    }

    /** The exact form in order of values: equal values give equal bytes. */
    @Override
    public void encode(ItemsSketch<Object> state, StateWriter out) {
        if (!exact(state)) {
            out.writeByte(1).writeBytes(state.toByteArray(codec));
            return;
        }
        List<Row<Object>> rows = rows(state);
        rows.sort(Comparator.comparing(Row::getItem, TopK::compare));
        out.writeByte(0).writeUnsigned(rows.size());
        for (Row<Object> row : rows) {
            ValueCodec.write(input, row.getItem(), out);
            out.writeUnsigned(row.getEstimate());
        }
    }

    @Override
    public ItemsSketch<Object> decode(StateReader in, int version) {
        if (in.readByte() != 0) {
            return ItemsSketch.getInstance(Memory.wrap(in.readBytes()), codec);
        }
        ItemsSketch<Object> state = zero();
        for (long left = in.readUnsigned(); left > 0; left--) {
            state.update(ValueCodec.read(input, in), in.readUnsigned());
        }
        return state;
    }
}
