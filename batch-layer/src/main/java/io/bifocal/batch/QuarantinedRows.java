package io.bifocal.batch;

import io.bifocal.cassandra.QuarantineStore.Position;
import io.bifocal.core.ledger.Quarantined;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** Quarantined records as rows of an archive, handed over some at a time: there may be more than memory holds. */
final class QuarantinedRows {
    private static final int AT_ONCE = 500;

    private QuarantinedRows() {}

    /** @param archived rows with the columns of {@link ArchiveSchema}, events among them */
    static void forEach(Dataset<Row> archived, Consumer<List<Quarantined>> taker) {
        Dataset<Row> quarantined = archived.where(
                        functions.col(ArchiveSchema.REASON).isNotNull())
                .select(
                        ArchiveSchema.TOPIC_ID,
                        ArchiveSchema.PARTITION,
                        ArchiveSchema.OFFSET,
                        ArchiveSchema.BROKER_TIME,
                        ArchiveSchema.REASON,
                        ArchiveSchema.PAYLOAD);
        handOver(quarantined, QuarantinedRows::record, taker);
    }

    /** Where each of them stands in Kafka. */
    static void forEachPosition(Dataset<Row> archived, Consumer<List<Position>> taker) {
        Dataset<Row> positions = archived.select(ArchiveSchema.TOPIC_ID, ArchiveSchema.PARTITION, ArchiveSchema.OFFSET);
        handOver(positions, row -> new Position(row.getString(0), row.getInt(1), row.getLong(2)), taker);
    }

    private static <T> void handOver(Dataset<Row> rows, Function<Row, T> read, Consumer<List<T>> taker) {
        Iterator<Row> left = rows.toLocalIterator();
        List<T> some = new ArrayList<>();
        while (left.hasNext()) {
            some.add(read.apply(left.next()));
            if (some.size() == AT_ONCE || !left.hasNext()) {
                taker.accept(some);
                some = new ArrayList<>();
            }
        }
    }

    private static Quarantined record(Row row) {
        byte[] payload = row.getAs(5);
        return new Quarantined(
                row.getString(0),
                row.getInt(1),
                row.getLong(2),
                row.getInstant(3),
                row.getString(4),
                payload == null ? "" : new String(payload, StandardCharsets.UTF_8));
    }
}
