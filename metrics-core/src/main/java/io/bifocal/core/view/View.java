package io.bifocal.core.view;

import io.bifocal.core.aggregate.Aggregate;
import io.bifocal.core.aggregate.Aggregates;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeGrid;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * A rollup as it is computed and kept: its grid of buckets, the types of its key, and the aggregates whose states fill a
 * row, in the order in which {@link RowCodec} writes them.
 *
 * @param name the rollup's, or {@link #LEDGER}
 * @param dimensions names of the key, in order
 * @param dimensionTypes their types
 * @param aggregates of the states of a row, one a simple metric of the model, in the model's order
 * @param shards over how many Cassandra partitions one day is spread
 */
public record View(
        String name,
        TimeGrid grid,
        List<String> dimensions,
        List<ValueType> dimensionTypes,
        List<Aggregate<?>> aggregates,
        int shards) {

    /**
     * The view that counts records instead of events: hour by broker time, keyed by topic id, partition and whether the
     * record was quarantined. It travels in the same parts as the rollups, so what it says is exactly what answers count.
     */
    public static final String LEDGER = "_ledger";

    /** The ledger's dimensions. */
    public static final List<String> LEDGER_DIMENSIONS = List.of("topic", "partition", "quarantined");

    static final int SECONDS_PER_DAY = 86_400;

    /** The views of a definition's rollups, in the model's order. */
    public static List<View> rollups(Definition definition) {
        return of(definition).stream().filter(View::rollup).toList();
    }

    /** The views of a definition: each rollup's in the model's order, then the ledger's. */
    public static List<View> of(Definition definition) {
        Model model = definition.model();
        List<Aggregate<?>> aggregates = new ArrayList<>();
        for (Model.SimpleMetric metric : model.simpleMetrics()) {
            aggregates.add(Aggregates.of(metric, definition.inputTypes().get(metric.name())));
        }
        List<View> views = new ArrayList<>();
        for (Model.Rollup rollup : model.rollups()) {
            views.add(new View(
                    rollup.name(),
                    new TimeGrid(rollup.granularity(), rollup.zone()),
                    rollup.dimensions(),
                    rollup.dimensions().stream()
                            .map(definition.dimensionTypes()::get)
                            .toList(),
                    List.copyOf(aggregates),
                    rollup.shards()));
        }
        views.add(new View(
                LEDGER,
                new TimeGrid(Granularity.HOUR, ZoneOffset.UTC),
                LEDGER_DIMENSIONS,
                List.of(ValueType.STRING, ValueType.LONG, ValueType.BOOLEAN),
                List.of(Aggregates.COUNT),
                1));
        return List.copyOf(views);
    }

    /** Whether it counts events, as a rollup does, and not records. */
    public boolean rollup() {
        return !name.equals(LEDGER);
    }

    /** One view of a definition, by its name. */
    public static View of(Definition definition, String name) {
        return of(definition).stream()
                .filter(view -> view.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no view " + name));
    }

    /** The day, as days since 1970 in the grid's zone, under which a bucket is stored and recomputed. */
    public int dayOf(long bucketEpochSecond) {
        return grid.dayOf(bucketEpochSecond);
    }
}
