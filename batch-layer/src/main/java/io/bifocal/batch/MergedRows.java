package io.bifocal.batch;

import io.bifocal.core.aggregate.Aggregate;
import io.bifocal.core.view.RowCodec;
import io.bifocal.core.view.View;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Merges neighbouring rows of equal keys; of sorted rows, one of each key is left. A key that is alone is not decoded. */
final class MergedRows implements Iterator<Row> {
    private final Iterator<Row> sorted;
    private final Map<String, View> views;
    private Row pending;

    MergedRows(Iterator<Row> sorted, List<View> views) {
        this.sorted = sorted;
        this.views = views.stream().collect(Collectors.toMap(View::name, Function.identity()));
        this.pending = sorted.hasNext() ? sorted.next() : null;
    }

    @Override
    public boolean hasNext() {
        return pending != null;
    }

    @Override
    public Row next() {
        if (pending == null) {
            throw new NoSuchElementException();
        }
        Row first = pending;
        Object[] states = null;
        List<Aggregate<?>> aggregates = views.get(first.getString(0)).aggregates();
        pending = sorted.hasNext() ? sorted.next() : null;
        while (pending != null && sameKey(first, pending)) {
            if (states == null) {
                states = RowCodec.decodeStates(aggregates, first.getAs(5));
            }
            merge(aggregates, states, pending.getAs(5));
            pending = sorted.hasNext() ? sorted.next() : null;
        }
        return states == null ? first : with(first, RowCodec.encodeStates(aggregates, states));
    }

    private static void merge(List<Aggregate<?>> aggregates, Object[] states, byte[] more) {
        Object[] others = RowCodec.decodeStates(aggregates, more);
        for (int i = 0; i < states.length; i++) {
            states[i] = RowCodec.at(aggregates, i).merge(states[i], others[i]);
        }
    }

    private static boolean sameKey(Row left, Row right) {
        return left.getLong(3) == right.getLong(3)
                && left.getInt(1) == right.getInt(1)
                && left.getInt(2) == right.getInt(2)
                && left.getString(0).equals(right.getString(0))
                && left.getBoolean(6) == right.getBoolean(6)
                && Arrays.equals(left.<byte[]>getAs(4), right.<byte[]>getAs(4));
    }

    private static Row with(Row row, byte[] states) {
        return RowFactory.create(
                row.getString(0),
                row.getInt(1),
                row.getInt(2),
                row.getLong(3),
                row.<byte[]>getAs(4),
                states,
                row.getBoolean(6));
    }
}
