package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.bifocal.core.job.Schedule;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Schedules, by name; the last to write one wins. */
public final class ScheduleStore {
    private final CassandraConnection connection;
    private final PreparedStatement insert;
    private final PreparedStatement select;
    private final PreparedStatement selectAll;
    private final PreparedStatement delete;

    public ScheduleStore(CassandraConnection connection) {
        this.connection = connection;
        this.insert = connection.prepare("INSERT INTO schedules (name, body) VALUES (?, ?)");
        this.select = connection.prepare("SELECT body FROM schedules WHERE name = ?");
        this.selectAll = connection.prepare("SELECT body FROM schedules");
        this.delete = connection.prepare("DELETE FROM schedules WHERE name = ?");
    }

    public void put(Schedule schedule) {
        Retries.join(connection.write(() -> insert.bind(schedule.name(), Json.write(schedule))));
    }

    public Optional<Schedule> find(String name) {
        return Retries.join(connection.read(() -> select.bind(name), ScheduleStore::schedule)).stream()
                .findFirst();
    }

    /** By name. */
    public List<Schedule> all() {
        return Retries.join(connection.read(selectAll::bind, ScheduleStore::schedule)).stream()
                .sorted(Comparator.comparing(Schedule::name))
                .toList();
    }

    public void delete(String name) {
        Retries.join(connection.write(() -> delete.bind(name)));
    }

    private static Schedule schedule(Row row) {
        return Json.read(row.getString(0), Schedule.class);
    }
}
