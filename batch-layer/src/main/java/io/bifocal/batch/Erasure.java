package io.bifocal.batch;

import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.Outcome;
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

/** Finds the archived records that are to be erased. */
final class Erasure {
    static final String QUARANTINED = "quarantined";

    private static final StructType POSITION = new StructType()
            .add(ArchiveSchema.TOPIC_ID, DataTypes.StringType)
            .add(ArchiveSchema.PARTITION, DataTypes.IntegerType)
            .add(ArchiveSchema.OFFSET, DataTypes.LongType)
            .add(QUARANTINED, DataTypes.BooleanType);

    private final CompiledDefinition definition;
    private final ErasedValue value;

    Erasure(CompiledDefinition definition, ErasedValue value) {
        this.definition = definition;
        this.value = value;
    }

    /** The condition on archived records to hold nothing any more. */
    static final Column ERASED = functions
            .coalesce(functions.col(ArchiveSchema.REASON), functions.lit(""))
            .startsWith(EraseJob.REASON + " by job ");

    /** The condition on archived records to be in quarantine: an erased one can be read by no definition, and is not. */
    static final Column IN_QUARANTINE =
            functions.col(ArchiveSchema.REASON).isNotNull().and(functions.not(ERASED));

    /** The condition on archived records to have been erased for a reason. */
    static Column by(String reason) {
        return functions.col(ArchiveSchema.REASON).equalTo(reason);
    }

    /**
     * Where they stood, and whether they are quarantined: events whose column has the value, records whose key holds it, and
     * quarantined records that hold it anywhere.
     */
    Dataset<Row> positions(Dataset<Row> archived) {
        CompiledDefinition shipped = definition;
        ErasedValue wanted = value;
        MapPartitionsFunction<Row, Row> find = rows -> {
            var evaluator = shipped.evaluator();
            return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED), false)
                    .filter(row -> {
                        byte[] payload = row.getAs(4);
                        boolean held = evaluator.evaluate(payload) instanceof Outcome.Event event
                                ? wanted.isIn(event.columns())
                                : wanted.isIn(payload);
                        return held || wanted.isIn(row.<byte[]>getAs(5));
                    })
                    .map(row -> RowFactory.create(row.getString(0), row.getInt(1), row.getLong(2), row.getBoolean(3)))
                    .iterator();
        };
        return archived.select(
                        functions.col(ArchiveSchema.TOPIC_ID),
                        functions.col(ArchiveSchema.PARTITION),
                        functions.col(ArchiveSchema.OFFSET),
                        functions.col(ArchiveSchema.REASON).isNotNull(),
                        functions.col(ArchiveSchema.PAYLOAD),
                        functions.col(ArchiveSchema.KEY))
                .mapPartitions(find, Encoders.row(POSITION))
                // Should a record be archived twice, a merge would refuse to be told of it twice.
                .dropDuplicates(ArchiveSchema.TOPIC_ID, ArchiveSchema.PARTITION, ArchiveSchema.OFFSET);
    }
}
