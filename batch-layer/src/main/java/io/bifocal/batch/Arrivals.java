package io.bifocal.batch;

import java.time.Instant;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * How many records there are, quarantined ones among them, and when the last arrived.
 *
 * @param last the epoch where there is none
 */
record Arrivals(long records, Instant last) {
    /** @param records rows of an archive */
    static Arrivals of(Dataset<Row> records) {
        Row row = records.agg(
                        functions.count(functions.lit(1)), functions.max(functions.col(ArchiveSchema.BROKER_TIME)))
                .head();
        return new Arrivals(row.getLong(0), row.isNullAt(1) ? Instant.EPOCH : row.getInstant(1));
    }
}
