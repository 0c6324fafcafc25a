package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore.PartDay;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** Writes rows in unlogged batches, each into one Cassandra partition, so that a batch is one mutation there. */
final class ViewWriter {
    /** Cassandra refuses batches over 50 KiB unless it is told otherwise. */
    private static final int BATCH_BYTES = 32 * 1024;

    private static final int BATCH_ROWS = 100;
    private static final int ROW_OVERHEAD_BYTES = 100;
    private static final int PARTITIONS_REMEMBERED = 50_000;

    /** A Cassandra partition of view_rows. */
    record Partition(String model, String part, String view, int day, int shard) {}

    private final CassandraConnection connection;
    private final PreparedStatement insertRow;
    private final PreparedStatement insertPartition;
    private final PreparedStatement insertDay;
    private final Set<Partition> noted = Collections.newSetFromMap(Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Partition, Boolean> eldest) {
            return size() > PARTITIONS_REMEMBERED;
        }
    }));

    ViewWriter(CassandraConnection connection) {
        this.connection = connection;
        this.insertRow = connection.prepare(
                "INSERT INTO view_rows (model, part, view_name, day, shard, bucket, key, batch_number, writer, states) "
                        + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        this.insertPartition = connection.prepare(
                "INSERT INTO part_partitions (model, part, view_name, day, shard) VALUES (?, ?, ?, ?, ?)");
        this.insertDay = connection.prepare(
                "INSERT INTO part_days (model, part, view_name, day, source, row_count) VALUES (?, ?, ?, ?, ?, ?)");
    }

    /** Notes the partitions, then writes the rows: whatever half of it is left behind can be found and deleted. */
    void write(String model, String part, Collection<ViewRow> rows) {
        Map<Partition, List<ViewRow>> byPartition = new LinkedHashMap<>();
        for (ViewRow row : rows) {
            byPartition
                    .computeIfAbsent(
                            new Partition(model, part, row.view(), row.day(), row.shard()), p -> new ArrayList<>())
                    .add(row);
        }
        note(byPartition.keySet());
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        byPartition.forEach(
                (partition, itsRows) -> writes.addAll(write(itsRows, ViewWriter::bytes, row -> bind(partition, row))));
        Retries.joinAll(writes);
    }

    void writeIndex(String model, String part, Collection<PartDay> days) {
        Retries.joinAll(write(
                days, day -> 0, day -> insertDay.bind(model, part, day.view(), day.day(), day.source(), day.rows())));
    }

    /** The part is about to be dropped: should anybody write it again, it must be noted again. */
    void forget(String model, String part) {
        synchronized (noted) {
            noted.removeIf(partition ->
                    partition.part().equals(part) && partition.model().equals(model));
        }
    }

    private void note(Set<Partition> partitions) {
        List<Partition> unknown = partitions.stream()
                .filter(partition -> !noted.contains(partition))
                .toList();
        Retries.joinAll(write(
                unknown,
                partition -> 0,
                each -> insertPartition.bind(each.model(), each.part(), each.view(), each.day(), each.shard())));
        noted.addAll(unknown);
    }

    private BoundStatement bind(Partition partition, ViewRow row) {
        return insertRow.bind(
                partition.model(),
                partition.part(),
                row.view(),
                row.day(),
                row.shard(),
                row.bucket(),
                ByteBuffer.wrap(row.key()),
                row.batch(),
                row.writer(),
                ByteBuffer.wrap(row.states()));
    }

    private static int bytes(ViewRow row) {
        return row.key().length + row.states().length;
    }

    /** Writes what goes into one Cassandra partition, in batches of bounded rows and bytes. */
    private <T> List<CompletableFuture<Void>> write(
            Collection<T> all, ToIntFunction<T> bytes, Function<T, BoundStatement> bind) {
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        List<T> batch = new ArrayList<>();
        int batchBytes = 0;
        for (T each : all) {
            int size = ROW_OVERHEAD_BYTES + bytes.applyAsInt(each);
            if (!batch.isEmpty() && (batch.size() == BATCH_ROWS || batchBytes + size > BATCH_BYTES)) {
                writes.add(send(batch, bind));
                batch = new ArrayList<>();
                batchBytes = 0;
            }
            batch.add(each);
            batchBytes += size;
        }
        if (!batch.isEmpty()) {
            writes.add(send(batch, bind));
        }
        return writes;
    }

    private <T> CompletableFuture<Void> send(List<T> batch, Function<T, BoundStatement> bind) {
        return connection.write(() -> statement(batch, bind));
    }

    /** One row alone needs no batch, and is not held to a batch's size. */
    private static <T> Statement<?> statement(List<T> batch, Function<T, BoundStatement> bind) {
        if (batch.size() == 1) {
            return bind.apply(batch.get(0)).setIdempotent(true);
        }
        List<BatchableStatement<?>> statements = new ArrayList<>(batch.size());
        batch.forEach(each -> statements.add(bind.apply(each)));
        return BatchStatement.newInstance(DefaultBatchType.UNLOGGED, statements).setIdempotent(true);
    }
}
