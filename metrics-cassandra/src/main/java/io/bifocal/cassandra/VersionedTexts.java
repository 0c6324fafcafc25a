package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Rows of one text each that are replaced by compare-and-set on their version, which only grows.
 *
 * <p>A request that times out may have taken effect, or may do so yet. Whoever sent it reads the row SERIAL: the stamp at
 * {@code version mod 64} says whether that version is its own. While the row still has the old version, it sends the same
 * stamp again: at most one of the requests can succeed.
 *
 * <p>Plain reads are at QUORUM. They see every replacement that was acknowledged, and never go back: what one of them saw has
 * been repaired onto a quorum before it returned.
 */
final class VersionedTexts {
    /** A row as it stands. */
    record Versioned(long version, String text) {}

    private static final int STAMPS = 64;

    private final CassandraConnection connection;
    private final PreparedStatement select;
    private final PreparedStatement update;

    VersionedTexts(CassandraConnection connection, String table, String... keyColumns) {
        this.connection = connection;
        String key = Arrays.stream(keyColumns).map(column -> column + " = ?").collect(Collectors.joining(" AND "));
        this.select = connection.prepare("SELECT version, body, stamps FROM " + table + " WHERE " + key);
        this.update = connection.prepare(
                "UPDATE " + table + " SET version = ?, body = ?, stamps[?] = ? WHERE " + key + " IF version = ?");
    }

    Optional<Versioned> read(Object... key) {
        return Optional.ofNullable(row(select.bind(key))).map(VersionedTexts::versioned);
    }

    /** As of a moment after the call, with everything settled that was under way. */
    Optional<Versioned> readSerial(Object... key) {
        return Optional.ofNullable(serialRow(key)).map(VersionedTexts::versioned);
    }

    /**
     * Replaces one version by the next.
     *
     * @param current the version to be replaced; 0 where there is none
     * @return whether it did; certain either way
     * @throws io.bifocal.core.error.BifocalException {@code UNAVAILABLE} where that cannot be found out
     */
    boolean replace(long current, long next, String text, Object... key) {
        UUID stamp = UUID.randomUUID();
        BoundStatement request = bind(current, next, text, stamp, key);
        long deadline = System.nanoTime() + connection.requestPatience().toNanos();
        for (int attempt = 0; ; attempt++) {
            try {
                if (connection.session().execute(request).wasApplied()) {
                    return true;
                }
            } catch (DriverException inDoubt) {
                if (!Retries.passing(inDoubt) || System.nanoTime() > deadline) {
                    throw Retries.unavailable(inDoubt);
                }
                Retries.pause(attempt);
            }
            Row row = serialRow(key);
            long version = version(row);
            if (version != current) {
                return replaced(row, version, next, stamp);
            }
        }
    }

    private BoundStatement bind(long current, long next, String text, UUID stamp, Object... key) {
        List<Object> values = new ArrayList<>(List.of(next, text, (int) (next % STAMPS), stamp));
        values.addAll(Arrays.asList(key));
        values.add(current == 0 ? null : current);
        return update.bind(values.toArray()).setIdempotent(false);
    }

    private static boolean replaced(Row row, long version, long next, UUID stamp) {
        if (version < next) {
            return false;
        }
        if (version - next >= STAMPS) {
            throw Retries.unavailable(
                    new IllegalStateException("version " + next + " is long gone, and nobody knows whose it was"));
        }
        Map<Integer, UUID> stamps = row.getMap("stamps", Integer.class, UUID.class);
        return stamp.equals(stamps.get((int) (next % STAMPS)));
    }

    private Row serialRow(Object... key) {
        return row(select.bind(key).setConsistencyLevel(ConsistencyLevel.SERIAL));
    }

    private Row row(Statement<?> statement) {
        List<Row> rows = Retries.join(connection.read(() -> statement, row -> row));
        return rows.isEmpty() ? null : rows.get(0);
    }

    private static long version(Row row) {
        return row == null ? 0 : row.getLong("version");
    }

    private static Versioned versioned(Row row) {
        return new Versioned(row.getLong("version"), row.getString("body"));
    }
}
