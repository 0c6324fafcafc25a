package io.bifocal.reconciliation;

import io.bifocal.core.model.DefinitionJson;
import io.bifocal.reconciliation.Attribution.Occasion;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Compares what was served with what is served now, cell by cell, on Spark: each task holds one cell at a time. */
public final class Comparison {
    /** A view row on one {@link Side}, by its name. */
    public static final StructType SIDED = new StructType()
            .add("view", DataTypes.StringType)
            .add("day", DataTypes.IntegerType)
            .add("bucket", DataTypes.LongType)
            .add("key", DataTypes.BinaryType)
            .add("side", DataTypes.StringType)
            .add("states", DataTypes.BinaryType);

    /**
     * What is found: a number that moved, with values as JSON and how live views drifted (see {@link DriftMeter}), or, with
     * nothing else, the {@code figures} of one rollup's metric.
     */
    static final StructType FOUND = new StructType()
            .add("rollup", DataTypes.StringType)
            .add("metric", DataTypes.StringType)
            .add("bucket", DataTypes.TimestampType)
            .add("dimensions", DataTypes.StringType)
            .add("before", DataTypes.StringType)
            .add("after", DataTypes.StringType)
            .add(
                    "causes",
                    DataTypes.createArrayType(
                            new StructType().add("cause", DataTypes.StringType).add("delta", DataTypes.StringType)))
            .add("drift", DataTypes.StringType)
            .add("figures", DataTypes.StringType);

    private static final Column[] CELL = {
        functions.col("view"), functions.col("day"), functions.col("bucket"), functions.col("key")
    };

    private Comparison() {}

    /**
     * Compares.
     *
     * @param sided rows of {@link #SIDED}, of rollups that are {@link Attribution#comparable} alone
     * @param partitions of the shuffle
     * @param redaction what the numbers that moved must not quote
     */
    public static Findings of(Dataset<Row> sided, Occasion occasion, int partitions, Redaction redaction) {
        String before = DefinitionJson.write(occasion.before());
        String after = DefinitionJson.write(occasion.after());
        var rest = occasion.rest();
        var exactSince = occasion.exactSince();
        MapPartitionsFunction<Row, Row> judge = rows -> new CellFindings(
                rows, new Occasion(DefinitionJson.read(before), DefinitionJson.read(after), rest, exactSince));
        return new Findings(redaction.of(sided.repartition(partitions, CELL)
                .sortWithinPartitions(CELL)
                .mapPartitions(judge, Encoders.row(FOUND))));
    }
}
