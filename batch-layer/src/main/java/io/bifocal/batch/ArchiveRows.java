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
import org.apache.spark.sql.types.StructType;

/** Turns Kafka records into rows of an archive: each record becomes one, an event or quarantined with its reason. */
final class ArchiveRows {
    private final CompiledDefinition definition;
    private final StructType event;
    private final String topicId;

    /** @param event the model's columns as {@link ArchiveSchema#event(io.bifocal.core.model.Model, StructType)} names them */
    ArchiveRows(CompiledDefinition definition, StructType event, String topicId) {
        this.definition = definition;
        this.event = event;
        this.topicId = topicId;
    }

    /** @param kafka what Spark's Kafka source gives, with headers */
    Dataset<Row> of(Dataset<Row> kafka) {
        CompiledDefinition compiled = definition;
        String id = topicId;
        String mark = DefinitionJson.readingMark(definition.definition());
        MapPartitionsFunction<Row, Row> parse = records -> new RowIterator(records, id, mark, compiled.evaluator());
        return kafka.select("key", "value", "topic", "partition", "offset", "timestamp", "headers")
                .mapPartitions(parse, Encoders.row(ArchiveSchema.table(event)));
    }

    /** No rows, in the same shape. */
    Dataset<Row> none(SparkSession spark) {
        return spark.createDataFrame(List.of(), ArchiveSchema.table(event));
    }

    private record RowIterator(Iterator<Row> records, String topicId, String readAs, Evaluator evaluator)
            implements Iterator<Row> {
        @Override
        public boolean hasNext() {
            return records.hasNext();
        }

        @Override
        public Row next() {
            Row kafka = records.next();
            byte[] payload = kafka.getAs(1);
            Instant brokerTime = kafka.getInstant(5);
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
                    topicId,
                    kafka.getString(2),
                    kafka.getInt(3),
                    kafka.getLong(4),
                    brokerTime,
                    LocalDate.ofInstant(brokerTime, ZoneOffset.UTC),
                    eventTime,
                    reason,
                    readAs,
                    kafka.get(0),
                    kafka.get(6),
                    payload,
                    event);
        }
    }
}
