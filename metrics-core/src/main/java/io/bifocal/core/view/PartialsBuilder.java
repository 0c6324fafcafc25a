package io.bifocal.core.view;

import io.bifocal.core.aggregate.Aggregate;
import io.bifocal.core.aggregate.Aggregate.Occurrence;
import io.bifocal.core.model.Definition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns events into partials, for every view of a definition at once. The one place where events become view rows. */
public final class PartialsBuilder {
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final Occurrence NOWHERE = new Occurrence(0, 0, 0);

    private final List<Collector> rollups;
    private final Collector ledger;

    public PartialsBuilder(Definition definition) {
        List<String> dimensions = definition.model().dimensions().stream()
                .map(dimension -> dimension.name())
                .toList();
        List<View> views = View.of(definition);
        this.rollups = views.subList(0, views.size() - 1).stream()
                .map(view -> new Collector(
                        view,
                        view.dimensions().stream().mapToInt(dimensions::indexOf).toArray()))
                .toList();
        this.ledger = new Collector(views.get(views.size() - 1), new int[] {0, 1, 2});
    }

    /**
     * Adds one event to every rollup.
     *
     * @param dimensions values in the model's order, null where the event has none
     * @param inputs one value for each simple metric in the model's order; null where there is nothing to aggregate, any
     *     value where the metric counts events
     */
    public void event(Occurrence at, Object[] dimensions, Object[] inputs) {
        long second = Math.floorDiv(at.timeMicros(), MICROS_PER_SECOND);
        for (Collector rollup : rollups) {
            rollup.add(second, at, dimensions, inputs);
        }
    }

    /** Counts one record, event or quarantined, in the ledger's view. */
    public void record(String topicId, int partition, long brokerMillis, boolean quarantined) {
        ledger.add(
                Math.floorDiv(brokerMillis, 1000L),
                NOWHERE,
                new Object[] {topicId, (long) partition, quarantined},
                new Object[] {true});
    }

    /** Whether nothing was added since the last {@link #drain}. */
    public boolean empty() {
        return ledger.rows.isEmpty() && rollups.stream().allMatch(rollup -> rollup.rows.isEmpty());
    }

    /**
     * Hands over what was collected, and starts anew.
     *
     * @param compact whether aggregates may bound their states by estimating, as live views do
     */
    public List<ViewRow> drain(boolean compact, int batch, int writer) {
        List<ViewRow> rows = new ArrayList<>();
        rollups.forEach(rollup -> rollup.drain(compact, batch, writer, rows));
        ledger.drain(compact, batch, writer, rows);
        return rows;
    }

    private record RowKey(long bucket, List<Object> dimensions) {}

    private static final class Collector {
        private final View view;
        private final int[] indexes;
        private final Map<RowKey, Object[]> rows = new HashMap<>();

        Collector(View view, int[] indexes) {
            this.view = view;
            this.indexes = indexes;
        }

        void add(long second, Occurrence at, Object[] dimensions, Object[] inputs) {
            Object[] key = new Object[indexes.length];
            for (int i = 0; i < key.length; i++) {
                key[i] = dimensions[indexes[i]];
            }
            List<Aggregate<?>> aggregates = view.aggregates();
            Object[] states = rows.computeIfAbsent(
                    new RowKey(view.grid().floor(second), Arrays.asList(key)), k -> zeros(aggregates));
            for (int i = 0; i < states.length; i++) {
                if (inputs[i] != null) {
                    states[i] = RowCodec.at(aggregates, i).add(states[i], inputs[i], at);
                }
            }
        }

        void drain(boolean compact, int batch, int writer, List<ViewRow> into) {
            List<Aggregate<?>> aggregates = view.aggregates();
            rows.forEach((row, states) -> {
                if (compact) {
                    for (int i = 0; i < states.length; i++) {
                        states[i] = RowCodec.at(aggregates, i).compact(states[i]);
                    }
                }
                byte[] key = RowCodec.encodeKey(
                        view.dimensionTypes(), row.dimensions().toArray());
                into.add(new ViewRow(
                        view.name(),
                        view.dayOf(row.bucket()),
                        RowCodec.shard(key, view.shards()),
                        row.bucket(),
                        key,
                        batch,
                        writer,
                        RowCodec.encodeStates(aggregates, states)));
            });
            rows.clear();
        }

        private static Object[] zeros(List<Aggregate<?>> aggregates) {
            Object[] states = new Object[aggregates.size()];
            for (int i = 0; i < states.length; i++) {
                states[i] = RowCodec.at(aggregates, i).zero();
            }
            return states;
        }
    }
}
