package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.bifocal.core.job.Schedule;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Schedules, by name; the last to write one wins. A deleted schedule leaves its name behind, so that one which the platform
 * makes by itself is not made again.
 */
public final class ScheduleStore {
    /**
     * A schedule as it stands.
     *
     * @param since runs up to then have been asked for, or are not due
     */
    public record Stored(Schedule schedule, Instant since) {}

    private static final String DELETED = "";

    private final CassandraConnection connection;
    private final PreparedStatement insertFirst;
    private final PreparedStatement update;
    private final PreparedStatement advance;
    private final PreparedStatement select;
    private final PreparedStatement selectAll;

    public ScheduleStore(CassandraConnection connection) {
        this.connection = connection;
        this.insertFirst = connection.prepare("INSERT INTO schedules (name, body) VALUES (?, ?) IF NOT EXISTS");
        this.update = connection.prepare("UPDATE schedules SET body = ? WHERE name = ? IF EXISTS");
        this.advance = connection.prepare("UPDATE schedules SET body = ? WHERE name = ? IF body = ?");
        this.select = connection.prepare("SELECT body FROM schedules WHERE name = ?");
        this.selectAll = connection.prepare("SELECT body FROM schedules");
    }

    public void put(Stored schedule) {
        putFirst(schedule);
        write(schedule.schedule().name(), Json.write(schedule));
    }

    /** Notes that runs up to a time have been asked for, unless somebody has changed or deleted the schedule meanwhile. */
    public void advance(Stored known, Instant since) {
        String name = known.schedule().name();
        String next = Json.write(new Stored(known.schedule(), since));
        Retries.join(connection.conditional(() -> advance.bind(next, name, Json.write(known))));
    }

    /** Puts a schedule unless there is, or ever was, one of its name. */
    public void putFirst(Stored schedule) {
        Retries.join(connection.conditional(
                () -> insertFirst.bind(schedule.schedule().name(), Json.write(schedule))));
    }

    public Optional<Stored> find(String name) {
        return Retries.join(connection.read(() -> select.bind(name), row -> row.getString(0))).stream()
                .filter(body -> !body.equals(DELETED))
                .map(ScheduleStore::stored)
                .findFirst();
    }

    /** By name. */
    public List<Stored> all() {
        return Retries.join(connection.read(selectAll::bind, (Row row) -> row.getString(0))).stream()
                .filter(body -> !body.equals(DELETED))
                .map(ScheduleStore::stored)
                .sorted(Comparator.comparing(each -> each.schedule().name()))
                .toList();
    }

    public void delete(String name) {
        write(name, DELETED);
    }

    private void write(String name, String body) {
        Retries.join(connection.conditional(() -> update.bind(body, name)));
    }

    private static Stored stored(String body) {
        return Json.read(body, Stored.class);
    }
}
