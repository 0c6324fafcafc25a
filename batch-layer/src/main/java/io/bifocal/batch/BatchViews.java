package io.bifocal.batch;

import io.bifocal.core.aggregate.Aggregate.Occurrence;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.view.PartialsBuilder;
import io.bifocal.core.view.View;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.Evaluator;
import io.bifocal.spark.Outcome;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

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

    private static final StructType RECORD = new StructType()
            .add("identity", DataTypes.BinaryType)
            .add(ArchiveSchema.TOPIC_ID, DataTypes.StringType)
            .add(ArchiveSchema.PARTITION, DataTypes.IntegerType)
            .add(ArchiveSchema.OFFSET, DataTypes.LongType)
            .add(ArchiveSchema.PAYLOAD, DataTypes.BinaryType);

    private static final String[] SORTED_BY = {"view", "day", "shard", "bucket", "key"};

    private final CompiledDefinition definition;
    private final Reading reading;
    private final int partitions;

    /** @param partitions of the shuffle */
    BatchViews(CompiledDefinition definition, int partitions) {
        this.definition = definition;
        this.reading = new Reading(definition);
        this.partitions = partitions;
    }

    /**
     * All rows of the touched days, of all records of an archive before a cut.
     *
     * @return of the schema {@link #ROW}, each key once
     */
    Dataset<Row> of(Dataset<Row> archive, Positions cut, TouchedDays touched) {
        List<View> views = View.of(definition.definition());
        Dataset<Row> before = archive.where(ArchiveTable.between(Positions.NONE, cut));
        Dataset<Row> events = before.where(reading.mayBeEvent(touched.holdsEventTime(views)));
        Dataset<Row> arrivals = before.where(touched.holdsArrival());
        return merged(keepOnly(touched, partials(events)).union(keepOnly(touched, ledger(arrivals))));
    }

    /** All rows of the records of an archive between two positions, as a part that holds them alone. */
    Dataset<Row> between(Dataset<Row> archive, Positions from, Positions to) {
        Dataset<Row> records = archive.where(ArchiveTable.between(from, to));
        Dataset<Row> events = records.where(reading.mayBeEvent());
        return merged(partials(events).union(ledger(records)));
    }

    /** The rollups' rows of all events between two positions, records that are one event counted each. */
    Dataset<Row> each(Dataset<Row> archive, Positions from, Positions to) {
        Dataset<Row> records = archive.where(ArchiveTable.between(from, to));
        return merged(built(payloads(records.where(reading.mayBeEvent()))));
    }

    /** {@link #each}, where several records can be one event. */
    Optional<Dataset<Row>> arrived(Dataset<Row> archive, Positions from, Positions to) {
        return identified() ? Optional.of(each(archive, from, to)) : Optional.empty();
    }

    private boolean identified() {
        return !definition.definition().model().identity().isEmpty();
    }

    private Dataset<Row> partials(Dataset<Row> archived) {
        return built(once(payloads(archived)));
    }

    private static Dataset<Row> payloads(Dataset<Row> archived) {
        return archived.select(
                ArchiveSchema.TOPIC_ID, ArchiveSchema.PARTITION, ArchiveSchema.OFFSET, ArchiveSchema.PAYLOAD);
    }

    private Dataset<Row> built(Dataset<Row> events) {
        CompiledDefinition shipped = definition;
        MapPartitionsFunction<Row, Row> build = rows -> {
            Evaluator evaluator = shipped.evaluator();
            PartialsBuilder builder = new PartialsBuilder(shipped.definition());
            return new Drained(rows, builder, row -> {
                Outcome outcome = evaluator.evaluate(row.getAs(3));
                if (outcome instanceof Outcome.Event event) {
                    Occurrence at = new Occurrence(event.timeMicros(), row.getInt(1), row.getLong(2));
                    builder.event(at, event.dimensions(), event.inputs());
                }
            });
        };
        return events.mapPartitions(build, Encoders.row(ROW));
    }

    private Dataset<Row> ledger(Dataset<Row> archived) {
        CompiledDefinition shipped = definition;
        MapPartitionsFunction<Row, Row> build = rows -> {
            PartialsBuilder builder = new PartialsBuilder(shipped.definition());
            return new Drained(
                    rows,
                    builder,
                    row -> builder.record(
                            row.getString(0), row.getInt(1), row.getInstant(2).toEpochMilli(), row.getBoolean(3)));
        };
        return reading.found(archived)
                .select(
                        functions.col(ArchiveSchema.TOPIC_ID),
                        functions.col(ArchiveSchema.PARTITION),
                        functions.col(ArchiveSchema.BROKER_TIME),
                        functions.col(ArchiveSchema.REASON).isNotNull())
                .mapPartitions(build, Encoders.row(ROW));
    }

    /** Of records that are one event, the first by position. */
    private Dataset<Row> once(Dataset<Row> archived) {
        if (!identified()) {
            return archived;
        }
        CompiledDefinition shipped = definition;
        MapPartitionsFunction<Row, Row> identify = rows -> {
            Identities identities = new Identities(shipped);
            return new Mapped(rows, identities::of);
        };
        MapPartitionsFunction<Row, Row> first = FirstOfEach::new;
        return archived.mapPartitions(identify, Encoders.row(RECORD))
                .repartition(partitions, functions.col("identity"))
                .sortWithinPartitions("identity", ArchiveSchema.TOPIC_ID, ArchiveSchema.PARTITION, ArchiveSchema.OFFSET)
                .mapPartitions(first, Encoders.row(RECORD))
                .drop("identity");
    }

    private Dataset<Row> merged(Dataset<Row> partials) {
        CompiledDefinition shipped = definition;
        MapPartitionsFunction<Row, Row> merge = rows -> new MergedRows(rows, View.of(shipped.definition()));
        return partials.repartition(partitions, columns(SORTED_BY))
                .sortWithinPartitions(columns(SORTED_BY))
                .mapPartitions(merge, Encoders.row(ROW));
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
