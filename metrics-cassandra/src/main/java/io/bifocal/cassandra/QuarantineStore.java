package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.bifocal.core.ledger.Quarantined;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Records that could not become events, by their Kafka position. */
public final class QuarantineStore {
    /** Offsets whose records share a Cassandra partition. */
    private static final long CHUNK_OFFSETS = 20_000;

    /** Where a record stands in Kafka. */
    public record Position(String topicId, int partition, long offset) {
        static Position of(Quarantined record) {
            return new Position(record.topicId(), record.partition(), record.offset());
        }
    }

    private record Chunk(String topicId, int partition, long number) {
        static Chunk of(Position position) {
            return new Chunk(position.topicId(), position.partition(), position.offset() / CHUNK_OFFSETS);
        }
    }

    private record KafkaPartition(String topicId, int partition) {}

    private final CassandraConnection connection;
    private final PreparedStatement insertChunk;
    private final PreparedStatement selectChunks;
    private final PreparedStatement insertRecord;
    private final PreparedStatement selectRecords;
    private final PreparedStatement deleteRecord;
    private final PreparedStatement insertPosition;
    private final PreparedStatement countPositions;
    private final PreparedStatement deletePosition;

    public QuarantineStore(CassandraConnection connection) {
        String chunk = "WHERE model = ? AND topic_id = ? AND kafka_partition = ? AND chunk = ?";
        this.connection = connection;
        this.insertChunk = connection.prepare(
                "INSERT INTO quarantine_chunks (model, topic_id, kafka_partition, chunk) VALUES (?, ?, ?, ?)");
        this.selectChunks =
                connection.prepare("SELECT topic_id, kafka_partition, chunk FROM quarantine_chunks WHERE model = ?");
        this.insertRecord = connection.prepare(
                "INSERT INTO quarantine (model, topic_id, kafka_partition, chunk, record_offset, arrived_at, reason, raw) "
                        + "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        this.selectRecords = connection.prepare(
                "SELECT topic_id, kafka_partition, record_offset, arrived_at, reason, raw FROM quarantine " + chunk
                        + " LIMIT ?");
        this.deleteRecord = connection.prepare("DELETE FROM quarantine " + chunk + " AND record_offset = ?");
        this.insertPosition = connection.prepare(
                "INSERT INTO quarantine_positions (model, topic_id, kafka_partition, chunk, record_offset) "
                        + "VALUES (?, ?, ?, ?, ?)");
        this.countPositions = connection.prepare("SELECT count(*) FROM quarantine_positions " + chunk);
        this.deletePosition =
                connection.prepare("DELETE FROM quarantine_positions " + chunk + " AND record_offset = ?");
    }

    /** Writes records; one that is there already stays as it is. Returns when all are acknowledged. */
    public void write(String model, Collection<Quarantined> records) {
        Set<Chunk> chunks = new LinkedHashSet<>();
        records.forEach(record -> chunks.add(Chunk.of(Position.of(record))));
        Retries.joinAll(chunks.stream()
                .map(chunk -> connection.write(
                        () -> insertChunk.bind(model, chunk.topicId(), chunk.partition(), chunk.number())))
                .toList());
        Retries.joinAll(
                records.stream().map(record -> writeRecord(model, record)).toList());
        Retries.joinAll(records.stream()
                .map(Position::of)
                .map(position -> onPosition(insertPosition, model, position))
                .toList());
    }

    /**
     * The latest to arrive, first.
     *
     * @param limit how many at most, from 1
     */
    public List<Quarantined> page(String model, int limit) {
        Map<KafkaPartition, List<Chunk>> byPartition = new LinkedHashMap<>();
        chunks(model).forEach(chunk -> byPartition
                .computeIfAbsent(new KafkaPartition(chunk.topicId(), chunk.partition()), p -> new ArrayList<>())
                .add(chunk));
        List<Quarantined> found = new ArrayList<>();
        byPartition.values().forEach(chunks -> found.addAll(latest(model, chunks, limit)));
        found.sort(Comparator.comparing(Quarantined::arrivedAt)
                .thenComparing(Quarantined::offset)
                .reversed()
                .thenComparing(Quarantined::topicId)
                .thenComparing(Quarantined::partition));
        return List.copyOf(found.subList(0, Math.min(limit, found.size())));
    }

    /** How many there are, exactly. */
    public long count(String model) {
        List<CompletableFuture<List<Long>>> counts = chunks(model).stream()
                .map(chunk -> connection.read(
                        () -> countPositions.bind(model, chunk.topicId(), chunk.partition(), chunk.number()),
                        row -> row.getLong(0)))
                .toList();
        return counts.stream().mapToLong(count -> Retries.join(count).get(0)).sum();
    }

    /** Deletes records, as when they have been processed after all. */
    public void delete(String model, Collection<Position> positions) {
        for (PreparedStatement statement : List.of(deletePosition, deleteRecord)) {
            Retries.joinAll(positions.stream()
                    .map(position -> onPosition(statement, model, position))
                    .toList());
        }
    }

    /** Offsets and times of arrival rise together within a partition of Kafka: the latest are in the highest chunks. */
    private List<Quarantined> latest(String model, List<Chunk> highestFirst, int limit) {
        List<Quarantined> found = new ArrayList<>();
        for (Chunk chunk : highestFirst) {
            if (found.size() == limit) {
                break;
            }
            int left = limit - found.size();
            found.addAll(Retries.join(connection.read(
                    () -> selectRecords.bind(model, chunk.topicId(), chunk.partition(), chunk.number(), left),
                    QuarantineStore::record)));
        }
        return found;
    }

    private List<Chunk> chunks(String model) {
        return Retries.join(connection.read(
                () -> selectChunks.bind(model), row -> new Chunk(row.getString(0), row.getInt(1), row.getLong(2))));
    }

    private CompletableFuture<Void> writeRecord(String model, Quarantined record) {
        return connection.write(() -> insertRecord
                .bind(
                        model,
                        record.topicId(),
                        record.partition(),
                        Chunk.of(Position.of(record)).number(),
                        record.offset(),
                        record.arrivedAt(),
                        record.reason(),
                        record.raw())
                .setIdempotent(true));
    }

    private CompletableFuture<Void> onPosition(PreparedStatement statement, String model, Position position) {
        return connection.write(() -> statement
                .bind(
                        model,
                        position.topicId(),
                        position.partition(),
                        Chunk.of(position).number(),
                        position.offset())
                .setIdempotent(true));
    }

    private static Quarantined record(Row row) {
        return new Quarantined(
                row.getString(0), row.getInt(1), row.getLong(2), row.getInstant(3), row.getString(4), row.getString(5));
    }
}
