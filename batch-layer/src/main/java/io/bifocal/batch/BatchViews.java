package io.bifocal.batch;

import io.bifocal.core.aggregate.Aggregate.Occurrence;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.view.PartialsBuilder;
import io.bifocal.core.view.RetainedDays;
import io.bifocal.core.view.View;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.Evaluator;
import io.bifocal.spark.Outcome;
import java.util.List;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Computes view rows exactly from an archive, with the code that the speed job uses: {@link Evaluator} makes events,
 * {@link PartialsBuilder} makes rows, and rows of equal keys are merged after a shuffle that sorts them, so that no task
 * holds more than one key's states at a time.
 */
final class BatchViews {
    /** A view row on its way through Spark. */
    static final StructType ROW = new StructType()
            .add("view", DataTypes.StringType)
            .add("day", DataTypes.IntegerType)
            .add("shard", DataTypes.IntegerType)
            .add("bucket", DataTypes.LongType)
            .add("key", DataTypes.BinaryType)
            .add("states", DataTypes.BinaryType);

    private static final String DUPLICATE = "duplicate";

    /** The same, with whether it is of duplicates. */
    private static final StructType MARKED = ROW.add(DUPLICATE, DataTypes.BooleanType);

    private static final StructType EVENT = new StructType()
            .add(ArchiveSchema.TOPIC_ID, DataTypes.StringType)
            .add(ArchiveSchema.PARTITION, DataTypes.IntegerType)
            .add(ArchiveSchema.OFFSET, DataTypes.LongType)
            .add(ArchiveSchema.PAYLOAD, DataTypes.BinaryType)
            .add(DUPLICATE, DataTypes.BooleanType);

    private static final StructType IDENTIFIED = new StructType()
            .add("identity", DataTypes.BinaryType)
            .add(ArchiveSchema.TOPIC_ID, DataTypes.StringType)
            .add(ArchiveSchema.PARTITION, DataTypes.IntegerType)
            .add(ArchiveSchema.OFFSET, DataTypes.LongType)
            .add(ArchiveSchema.PAYLOAD, DataTypes.BinaryType)
            .add("arrived", DataTypes.BooleanType);

    private static final String[] SORTED_BY = {"view", "day", "shard", "bucket", "key", DUPLICATE};

    private final CompiledDefinition definition;
    private final Reading reading;
    private final int partitions;

    /** @param partitions of the shuffle */
    BatchViews(CompiledDefinition definition, int partitions) {
        this.definition = definition;
        this.reading = new Reading(definition);
        this.partitions = partitions;
    }

    /** Rows of the schema {@link #ROW} that were computed together, each key once. */
    record Computed(Dataset<Row> marked) implements AutoCloseable {
        /** The same, kept on Spark's disks until closed. */
        Computed persisted() {
            return new Computed(marked.persist(StorageLevel.DISK_ONLY()));
        }

        /** Those of days that are kept. */
        Computed within(RetainedDays retained) {
            return new Computed(marked.where(held(retained)));
        }

        @Override
        public void close() {
            marked.unpersist();
        }

        /** Of each event once: what is to be served. */
        Dataset<Row> exact() {
            return marked.where(functions.not(functions.col(DUPLICATE))).drop(DUPLICATE);
        }

        /** Of the records that were counted before, and that exact rows leave out. */
        Dataset<Row> duplicates() {
            return marked.where(functions.col(DUPLICATE)).drop(DUPLICATE);
        }
    }

    /** The condition on rows to be of a day that is kept. */
    static Column held(RetainedDays retained) {
        return retained.storedFrom()
                .map(first -> functions
                        .col("view")
                        .equalTo(View.LEDGER)
                        .or(functions.col("day").geq(first)))
                .orElse(functions.lit(true));
    }

    /** All rows of the touched days, of all records of an archive before a cut. */
    Dataset<Row> of(Dataset<Row> archive, Positions cut, TouchedDays touched) {
        return of(archive, cut, cut, touched).exact();
    }

    /** The same with duplicates, where records before {@code base} were counted once, and each that arrived since. */
    Computed of(Dataset<Row> archive, Positions base, Positions cut, TouchedDays touched) {
        List<View> views = View.of(definition.definition());
        Dataset<Row> before = archive.where(ArchiveTable.between(Positions.NONE, cut));
        Dataset<Row> events = before.where(reading.mayBeEvent(touched.holdsEventTime(views)));
        Dataset<Row> arrivals = before.where(touched.holdsArrival());
        Dataset<Row> partials = partials(events, ArchiveTable.between(base, cut));
        return merged(keepOnly(touched, partials).union(keepOnly(touched, ledger(arrivals))));
    }

    /** All rows of the records of an archive between two positions, as a part that holds them alone. */
    Dataset<Row> between(Dataset<Row> archive, Positions from, Positions to) {
        return between(archive, to, from, to).exact();
    }

    /** The same with duplicates, where records before {@code base} were counted once, and each that arrived since. */
    Computed between(Dataset<Row> archive, Positions base, Positions from, Positions to) {
        Dataset<Row> records = archive.where(ArchiveTable.between(from, to));
        Dataset<Row> events = records.where(reading.mayBeEvent());
        return merged(partials(events, ArchiveTable.between(base, to)).union(ledger(records)));
    }

    /** The rollups' rows of all events between two positions, records that are one event counted each. */
    Dataset<Row> each(Dataset<Row> archive, Positions from, Positions to) {
        Dataset<Row> records = archive.where(ArchiveTable.between(from, to));
        return merged(built(events(records.where(reading.mayBeEvent()), functions.lit(false))))
                .exact();
    }

    /** Whether several records can be one event. */
    private boolean identified() {
        return !definition.definition().model().identity().isEmpty();
    }

    private Dataset<Row> partials(Dataset<Row> archived, Column arrived) {
        return built(identified() ? toldApart(events(archived, arrived)) : events(archived, functions.lit(false)));
    }

    private static Dataset<Row> events(Dataset<Row> archived, Column mark) {
        return archived.select(
                functions.col(ArchiveSchema.TOPIC_ID),
                functions.col(ArchiveSchema.PARTITION),
                functions.col(ArchiveSchema.OFFSET),
                functions.col(ArchiveSchema.PAYLOAD),
                mark.as("mark"));
    }

    private Dataset<Row> built(Dataset<Row> events) {
        CompiledDefinition shipped = definition;
        MapPartitionsFunction<Row, Row> build = rows -> {
            Evaluator evaluator = shipped.evaluator();
            return new Drained(rows, shipped.definition(), row -> row.getBoolean(4), (row, builder) -> {
                Outcome outcome = evaluator.evaluate(row.getAs(3));
                if (outcome instanceof Outcome.Event event) {
                    Occurrence at = new Occurrence(event.timeMicros(), row.getInt(1), row.getLong(2));
                    builder.event(at, event.dimensions(), event.inputs());
                }
            });
        };
        return events.mapPartitions(build, Encoders.row(MARKED));
    }

    private Dataset<Row> ledger(Dataset<Row> archived) {
        CompiledDefinition shipped = definition;
        MapPartitionsFunction<Row, Row> build = rows -> new Drained(
                rows,
                shipped.definition(),
                row -> false,
                (row, builder) -> builder.record(
                        row.getString(0), row.getInt(1), row.getInstant(2).toEpochMilli(), row.getBoolean(3)));
        return reading.found(archived)
                .select(
                        functions.col(ArchiveSchema.TOPIC_ID),
                        functions.col(ArchiveSchema.PARTITION),
                        functions.col(ArchiveSchema.BROKER_TIME),
                        Erasure.IN_QUARANTINE)
                .mapPartitions(build, Encoders.row(MARKED));
    }

    /** Of records that are one event, the first by position; and its duplicates. */
    private Dataset<Row> toldApart(Dataset<Row> events) {
        CompiledDefinition shipped = definition;
        MapPartitionsFunction<Row, Row> identify = rows -> {
            Identities identities = new Identities(shipped);
            return new Mapped(rows, identities::of);
        };
        MapPartitionsFunction<Row, Row> tellApart = ToldApart::new;
        return events.mapPartitions(identify, Encoders.row(IDENTIFIED))
                .repartition(partitions, functions.col("identity"))
                .sortWithinPartitions("identity", ArchiveSchema.TOPIC_ID, ArchiveSchema.PARTITION, ArchiveSchema.OFFSET)
                .mapPartitions(tellApart, Encoders.row(EVENT));
    }

    private Computed merged(Dataset<Row> partials) {
        CompiledDefinition shipped = definition;
        MapPartitionsFunction<Row, Row> merge = rows -> new MergedRows(rows, View.of(shipped.definition()));
        return new Computed(partials.repartition(partitions, columns(SORTED_BY))
                .sortWithinPartitions(columns(SORTED_BY))
                .mapPartitions(merge, Encoders.row(MARKED)));
    }

    private static Dataset<Row> keepOnly(TouchedDays touched, Dataset<Row> partials) {
        FilterFunction<Row> inside = row -> touched.contains(row.getString(0), row.getInt(1));
        return partials.filter(inside);
    }

    private static Column[] columns(String... names) {
        Column[] columns = new Column[names.length];
        for (int i = 0; i < names.length; i++) {
            columns[i] = functions.col(names[i]);
        }
        return columns;
    }
}
