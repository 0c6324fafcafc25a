package io.bifocal.batch;

import io.bifocal.core.model.DefinitionJson;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.Outcome;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Archived records as a definition reads them. Whether a record is an event, and when it happened, was found out when it was
 * archived, with the definition of that time; under another one an event may be quarantined and the other way round. So what
 * the archive says of a record is believed where it was found out under the same definition, and found out again elsewhere.
 */
final class Reading {
    /** What is found out about a record, beside where it stood. */
    private static final StructType FOUND = new StructType()
            .add(ArchiveSchema.TOPIC_ID, DataTypes.StringType)
            .add(ArchiveSchema.PARTITION, DataTypes.IntegerType)
            .add(ArchiveSchema.BROKER_TIME, DataTypes.TimestampType)
            .add(ArchiveSchema.EVENT_TIME, DataTypes.TimestampType)
            .add(ArchiveSchema.REASON, DataTypes.StringType);

    private final CompiledDefinition definition;
    private final Column same;
    private final Column sameTimes;

    Reading(CompiledDefinition definition) {
        this.definition = definition;
        Column mark = functions.coalesce(functions.col(ArchiveSchema.READ_AS), functions.lit(""));
        this.same = mark.equalTo(DefinitionJson.readingMark(definition.definition()));
        this.sameTimes = mark.startsWith(DefinitionJson.timeMark(definition.definition()));
    }

    /** The condition on archived records to have been read with this definition. */
    Column same() {
        return same;
    }

    /** The condition on archived records to be events, perhaps. */
    Column mayBeEvent() {
        return functions.not(same).or(functions.col(ArchiveSchema.REASON).isNull());
    }

    /** The condition to be events, perhaps, with times of which this holds. */
    Column mayBeEvent(Column holdsTime) {
        Column timeless = functions.col(ArchiveSchema.EVENT_TIME).isNull();
        Column believed = same.and(functions.col(ArchiveSchema.REASON).isNull()).and(holdsTime);
        return believed.or(
                functions.not(same).and(functions.not(sameTimes).or(timeless).or(holdsTime)));
    }

    /** Of each archived record: topic id, partition, broker time, and what this definition makes of it, event time and reason. */
    Dataset<Row> found(Dataset<Row> archived) {
        CompiledDefinition shipped = definition;
        MapPartitionsFunction<Row, Row> find = rows -> {
            var evaluator = shipped.evaluator();
            return new Mapped(rows, row -> found(row, evaluator.evaluate(row.getAs(3))));
        };
        Dataset<Row> believed = archived.where(same)
                .select(
                        ArchiveSchema.TOPIC_ID,
                        ArchiveSchema.PARTITION,
                        ArchiveSchema.BROKER_TIME,
                        ArchiveSchema.EVENT_TIME,
                        ArchiveSchema.REASON);
        Dataset<Row> foundOut = archived.where(functions.not(same))
                .select(
                        ArchiveSchema.TOPIC_ID,
                        ArchiveSchema.PARTITION,
                        ArchiveSchema.BROKER_TIME,
                        ArchiveSchema.PAYLOAD)
                .mapPartitions(find, Encoders.row(FOUND));
        return believed.union(foundOut);
    }

    /** The events that happened in a range, as they are archived. */
    Dataset<Row> events(Dataset<Row> archived, Extent.Range range) {
        CompiledDefinition shipped = definition;
        int payload = archived.schema().fieldIndex(ArchiveSchema.PAYLOAD);
        MapPartitionsFunction<Row, Row> choose = rows -> {
            var evaluator = shipped.evaluator();
            return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED), false)
                    .filter(row -> evaluator.evaluate(row.getAs(payload)) instanceof Outcome.Event event
                            && range.holds(Instant.EPOCH.plus(event.timeMicros(), ChronoUnit.MICROS)))
                    .iterator();
        };
        return archived.where(mayBeEvent(ReplayJob.within(ArchiveSchema.EVENT_TIME, range)))
                .mapPartitions(choose, Encoders.row(archived.schema()));
    }

    private static Row found(Row row, Outcome outcome) {
        Instant time = null;
        String reason = null;
        if (outcome instanceof Outcome.Event event) {
            time = Instant.EPOCH.plus(event.timeMicros(), ChronoUnit.MICROS);
        } else {
            reason = ((Outcome.Malformed) outcome).reason();
        }
        return RowFactory.create(row.getString(0), row.getInt(1), row.getInstant(2), time, reason);
    }
}
