package io.bifocal.core.view;

import io.bifocal.core.aggregate.Aggregate;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Merges rows of one view that stand for the same bucket and key, from whatever parts, micro-batches and writers, into one
 * row each with batch and writer 0. Rows that meet no other keep their bytes and are never decoded.
 */
public final class PartialsMerger {
    private record Cell(int day, long bucket, ByteBuffer key) {}

    /** A row on its own, or, once others came, the states of all of them. */
    private static final class Merged {
        private final ViewRow first;
        private Object[] states;

        private Merged(ViewRow first) {
            this.first = first;
        }
    }

    private final View view;
    private final List<Aggregate<?>> aggregates;
    private final Map<Cell, Merged> cells = new LinkedHashMap<>();

    public PartialsMerger(View view) {
        this.view = view;
        this.aggregates = view.aggregates();
    }

    public void add(ViewRow row) {
        if (!row.view().equals(view.name())) {
            throw new IllegalArgumentException("a row of view " + row.view() + " among those of " + view.name());
        }
        Merged merged =
                cells.putIfAbsent(new Cell(row.day(), row.bucket(), ByteBuffer.wrap(row.key())), new Merged(row));
        if (merged == null) {
            return;
        }
        if (merged.states == null) {
            merged.states = RowCodec.decodeStates(aggregates, merged.first.states());
        }
        Object[] more = RowCodec.decodeStates(aggregates, row.states());
        for (int i = 0; i < more.length; i++) {
            merged.states[i] = RowCodec.at(aggregates, i).merge(merged.states[i], more[i]);
        }
    }

    /** Hands over the merged rows, each state as exact as those that it was merged from, and starts anew. */
    public List<ViewRow> drain() {
        List<ViewRow> rows = new ArrayList<>(cells.size());
        cells.values().forEach(merged -> rows.add(row(merged)));
        cells.clear();
        return rows;
    }

    /** The same, with the size of merged states bounded by estimates where the aggregate may, as live views are. */
    public List<ViewRow> drainCompacted() {
        for (Merged merged : cells.values()) {
            for (int i = 0; merged.states != null && i < merged.states.length; i++) {
                merged.states[i] = RowCodec.at(aggregates, i).compact(merged.states[i]);
            }
        }
        return drain();
    }

    private ViewRow row(Merged merged) {
        ViewRow first = merged.first;
        byte[] states = merged.states == null ? first.states() : RowCodec.encodeStates(aggregates, merged.states);
        return new ViewRow(first.view(), first.day(), first.shard(), first.bucket(), first.key(), 0, 0, states);
    }
}
