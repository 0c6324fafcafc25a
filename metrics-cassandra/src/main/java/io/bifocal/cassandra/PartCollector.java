package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.bifocal.core.view.ViewStore.PartDay;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Deletes parts, whole Cassandra partitions at a time. What says where rows are goes last, so that a deletion that was cut
 * short can be done again.
 */
final class PartCollector {
    private record ViewDay(String view, int day) {}

    private record Shard(String view, int day, int shard) {
        static Shard of(Row row) {
            return new Shard(row.getString(0), row.getInt(1), row.getInt(2));
        }
    }

    private final CassandraConnection connection;
    private final PreparedStatement selectPartitions;
    private final PreparedStatement deleteRows;
    private final PreparedStatement deletePartition;
    private final PreparedStatement deletePartitions;
    private final PreparedStatement deleteIndex;
    private final PreparedStatement deleteDay;
    private final PreparedStatement deletePart;

    PartCollector(CassandraConnection connection) {
        this.connection = connection;
        this.selectPartitions =
                connection.prepare("SELECT view_name, day, shard FROM part_partitions WHERE model = ? AND part = ?");
        this.deleteRows = connection.prepare(
                "DELETE FROM view_rows WHERE model = ? AND part = ? AND view_name = ? AND day = ? AND shard = ?");
        this.deletePartition = connection.prepare(
                "DELETE FROM part_partitions WHERE model = ? AND part = ? AND view_name = ? AND day = ? AND shard = ?");
        this.deletePartitions = connection.prepare("DELETE FROM part_partitions WHERE model = ? AND part = ?");
        this.deleteIndex = connection.prepare("DELETE FROM part_days WHERE model = ? AND part = ?");
        this.deleteDay =
                connection.prepare("DELETE FROM part_days WHERE model = ? AND part = ? AND view_name = ? AND day = ?");
        this.deletePart = connection.prepare("DELETE FROM parts WHERE model = ? AND part = ?");
    }

    void drop(String model, String part) {
        deleteRows(model, part, shard -> true);
        Retries.join(connection.write(() -> deleteIndex.bind(model, part)));
        Retries.join(connection.write(() -> deletePartitions.bind(model, part)));
        Retries.join(connection.write(() -> deletePart.bind(model, part)));
    }

    void dropDays(String model, String part, Collection<PartDay> days) {
        Set<ViewDay> gone =
                days.stream().map(day -> new ViewDay(day.view(), day.day())).collect(Collectors.toSet());
        List<Shard> deleted = deleteRows(model, part, shard -> gone.contains(new ViewDay(shard.view(), shard.day())));
        Retries.joinAll(gone.stream()
                .map(each -> connection.write(() -> deleteDay.bind(model, part, each.view(), each.day())))
                .toList());
        Retries.joinAll(deleted.stream()
                .map(shard -> connection.write(
                        () -> deletePartition.bind(model, part, shard.view(), shard.day(), shard.shard())))
                .toList());
    }

    private List<Shard> deleteRows(String model, String part, Predicate<Shard> which) {
        List<Shard> shards = Retries.join(connection.read(() -> selectPartitions.bind(model, part), Shard::of)).stream()
                .filter(which)
                .toList();
        Retries.joinAll(shards.stream()
                .map(shard ->
                        connection.write(() -> deleteRows.bind(model, part, shard.view(), shard.day(), shard.shard())))
                .toList());
        return shards;
    }
}
