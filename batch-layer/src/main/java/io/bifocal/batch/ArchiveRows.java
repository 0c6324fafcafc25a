package io.bifocal.batch;

import io.bifocal.core.model.DefinitionJson;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.Evaluator;
import io.bifocal.spark.Outcome;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/** Turns Kafka records into rows of an archive: each record becomes one, an event or quarantined with its reason. */
final class ArchiveRows {
    private final CompiledDefinition definition;
    private final StructType event;

    /** @param event the model's columns as {@link ArchiveSchema#event(io.bifocal.core.model.Model, StructType)} names them */
    ArchiveRows(CompiledDefinition definition, StructType event) {
        this.definition = definition;
        this.event = event;
    }

    /** @param kafka what Spark's Kafka source gives, with headers */
    Dataset<Row> of(Dataset<Row> kafka, String topicId) {
        return parsed(kafka.select(
                functions.lit(topicId),
                functions.col("topic"),
                functions.col("partition"),
                functions.col("offset"),
                functions.col("timestamp"),
                functions.col("key"),
                functions.col("headers"),
                functions.col("value")));
    }

    /** What has been archived already, found out anew. */
    Dataset<Row> again(Dataset<Row> archived) {
        return parsed(archived.select(
                ArchiveSchema.TOPIC_ID,
                ArchiveSchema.TOPIC,
                ArchiveSchema.PARTITION,
                ArchiveSchema.OFFSET,
                ArchiveSchema.BROKER_TIME,
                ArchiveSchema.KEY,
                ArchiveSchema.HEADERS,
                ArchiveSchema.PAYLOAD));
    }

    private Dataset<Row> parsed(Dataset<Row> records) {
        CompiledDefinition compiled = definition;
        String mark = DefinitionJson.readingMark(definition.definition());
        MapPartitionsFunction<Row, Row> parse = rows -> new RowIterator(rows, mark, compiled.evaluator());
        return records.mapPartitions(parse, Encoders.row(ArchiveSchema.table(event)));
    }

    /** No rows, in the same shape. */
    Dataset<Row> none(SparkSession spark) {
        return spark.createDataFrame(List.of(), ArchiveSchema.table(event));
    }

    private record RowIterator(Iterator<Row> records, String readAs, Evaluator evaluator) implements Iterator<Row> {
        @Override
        public boolean hasNext() {
            return records.hasNext();
        }

        @Override
        public Row next() {
            Row kafka = records.next();
            byte[] payload = kafka.getAs(7);
            Instant brokerTime = kafka.getInstant(4);
            Instant eventTime = null;
            String reason = null;
            Row event = null;
            Outcome outcome = evaluator.evaluate(payload);
            if (outcome instanceof Outcome.Event parsed) {
                eventTime = Instant.EPOCH.plus(parsed.timeMicros(), ChronoUnit.MICROS);
                event = RowFactory.create(parsed.columns());
            } else {
                reason = ((Outcome.Malformed) outcome).reason();
            }
            return RowFactory.create(
                    kafka.getString(0),
                    kafka.getString(1),
                    kafka.getInt(2),
                    kafka.getLong(3),
                    brokerTime,
                    LocalDate.ofInstant(brokerTime, ZoneOffset.UTC),
                    eventTime,
                    reason,
                    readAs,
                    kafka.get(5),
                    kafka.get(6),
                    payload,
                    event);
        }
    }
}
