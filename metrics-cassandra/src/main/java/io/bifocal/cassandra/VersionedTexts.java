package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.bifocal.core.cut.CertainReplacement;
import io.bifocal.core.cut.CertainReplacement.Settled;
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
 * <p>A request that times out may have taken effect, or may do so yet: {@link CertainReplacement} finds out, reading SERIAL.
 *
 * <p>Plain reads are at QUORUM. They see every replacement that was acknowledged, and never go back: what one of them saw has
 * been repaired onto a quorum before it returned.
 */
final class VersionedTexts {
    /** A row as it stands. */
    record Versioned(long version, String text) {}

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
        return CertainReplacement.replace(new TextRow(text, key), current, next, UUID.randomUUID());
    }

    /** A row that is to hold a text next; asked again while Cassandra is away. */
    private final class TextRow implements CertainReplacement.Row {
        private final String text;
        private final Object[] key;
        private final long deadline =
                System.nanoTime() + connection.requestPatience().toNanos();
        private int attempts;

        TextRow(String text, Object... key) {
            this.text = text;
            this.key = key;
        }

        @Override
        public boolean propose(long current, long next, UUID stamp) {
            try {
                return connection
                        .session()
                        .execute(bind(current, next, text, stamp, key))
                        .wasApplied();
            } catch (DriverException inDoubt) {
                if (!Retries.passing(inDoubt) || System.nanoTime() > deadline) {
                    throw Retries.unavailable(inDoubt);
                }
                Retries.pause(attempts++);
                return false;
            }
        }

        @Override
        public Settled settled() {
            Row row = serialRow(key);
            return row == null
                    ? new Settled(0, Map.of())
                    : new Settled(row.getLong("version"), row.getMap("stamps", Integer.class, UUID.class));
        }
    }

    private BoundStatement bind(long current, long next, String text, UUID stamp, Object... key) {
        List<Object> values = new ArrayList<>(List.of(next, text, CertainReplacement.slot(next), stamp));
        values.addAll(Arrays.asList(key));
        values.add(current == 0 ? null : current);
        return update.bind(values.toArray()).setIdempotent(false);
    }

    private Row serialRow(Object... key) {
        return row(select.bind(key).setConsistencyLevel(ConsistencyLevel.SERIAL));
    }

    private Row row(Statement<?> statement) {
        List<Row> rows = Retries.join(connection.read(() -> statement, row -> row));
        return rows.isEmpty() ? null : rows.get(0);
    }

    private static Versioned versioned(Row row) {
        return new Versioned(row.getLong("version"), row.getString("body"));
    }
}
