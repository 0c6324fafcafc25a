package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.bifocal.core.config.Config;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** View rows in Cassandra, keyed as docs/VIEWS.md says. Share one in a JVM: it remembers which partitions it has noted. */
public final class CassandraViewStore implements ViewStore {
    private static final Map<CassandraConnection, CassandraViewStore> SHARED = new ConcurrentHashMap<>();

    private final CassandraConnection connection;
    private final ViewWriter writer;
    private final PartCollector collector;
    private final PreparedStatement insertPart;
    private final PreparedStatement selectParts;
    private final PreparedStatement selectIndex;
    private final PreparedStatement selectRows;

    public CassandraViewStore(CassandraConnection connection) {
        this.connection = connection;
        this.writer = new ViewWriter(connection);
        this.collector = new PartCollector(connection);
        this.insertPart = connection.prepare("INSERT INTO parts (model, part) VALUES (?, ?)");
        this.selectParts = connection.prepare("SELECT part FROM parts WHERE model = ?");
        this.selectIndex = connection.prepare(
                "SELECT view_name, day, source, row_count FROM part_days WHERE model = ? AND part = ?");
        this.selectRows = connection.prepare(
                "SELECT shard, bucket, key, batch_number, writer, states FROM view_rows WHERE model = ? AND part = ? "
                        + "AND view_name = ? AND day = ? AND shard = ? AND bucket >= ? AND bucket < ?");
    }

    /** The one that all of this JVM's tasks share, over their {@link CassandraConnection#shared}. */
    public static CassandraViewStore shared(Config config) {
        return SHARED.computeIfAbsent(CassandraConnection.shared(config), CassandraViewStore::new);
    }

    @Override
    public void register(String model, String part) {
        Retries.join(connection.write(() -> insertPart.bind(model, part)));
    }

    @Override
    public List<String> parts(String model) {
        return Retries.join(connection.read(() -> selectParts.bind(model), row -> row.getString(0)));
    }

    @Override
    public void write(String model, String part, Collection<ViewRow> rows) {
        writer.write(model, part, rows);
    }

    @Override
    public void writeIndex(String model, String part, Collection<PartDay> days) {
        writer.writeIndex(model, part, days);
    }

    @Override
    public CompletionStage<List<PartDay>> index(String model, String part) {
        return connection.read(
                () -> selectIndex.bind(model, part),
                row -> new PartDay(row.getString(0), row.getInt(1), row.getString(2), row.getLong(3)));
    }

    /** Reads all shards at the same time. */
    @Override
    public CompletionStage<List<ViewRow>> rows(String model, String source, View view, int day, long from, long to) {
        List<CompletableFuture<List<ViewRow>>> shards = IntStream.range(0, view.shards())
                .mapToObj(shard -> connection.read(
                        () -> selectRows.bind(model, source, view.name(), day, shard, from, to),
                        row -> viewRow(view.name(), day, row)))
                .toList();
        if (shards.size() == 1) {
            return shards.get(0);
        }
        return CompletableFuture.allOf(shards.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> {
                    List<ViewRow> all = new ArrayList<>();
                    shards.forEach(shard -> all.addAll(shard.join()));
                    return all;
                });
    }

    @Override
    public void drop(String model, String part) {
        writer.forget(model, part);
        collector.drop(model, part);
    }

    @Override
    public void dropDays(String model, String part, Collection<PartDay> days) {
        writer.forget(model, part);
        collector.dropDays(model, part, days);
    }

    private static ViewRow viewRow(String view, int day, Row row) {
        return new ViewRow(
                view,
                day,
                row.getInt(0),
                row.getLong(1),
                bytes(row.getByteBuffer(2)),
                row.getInt(3),
                row.getInt(4),
                bytes(row.getByteBuffer(5)));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
