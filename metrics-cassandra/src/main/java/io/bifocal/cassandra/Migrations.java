package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a keyspace's tables up to date: applies each file of {@code /cql} once, in order, one process at a time. A file that
 * has been applied may not change any more.
 */
final class Migrations {
    /** To change tables, write the next file and add its name here. */
    static final List<String> FILES = List.of(
            "V001__platform.cql", "V002__ledger_audits.cql", "V003__reconciliation.cql", "V004__answer_samples.cql");

    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** The row that whoever applies migrations holds; it goes by itself when its holder dies. */
    private static final int LOCK = 0;

    private static final int LOCK_SECONDS = 60;

    private final CqlSession session;
    private final String holder = UUID.randomUUID().toString();

    Migrations(CqlSession session) {
        this.session = session;
    }

    void apply() {
        createLog();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (int attempt = 0; !upToDate(); attempt++) {
            if (locked()) {
                try {
                    applyMissing();
                } finally {
                    unlock();
                }
            } else if (System.nanoTime() > deadline) {
                throw Errors.of(
                        ErrorCode.UNAVAILABLE,
                        "Another process has been changing Cassandra's tables for " + PATIENCE.toSeconds() + " s.",
                        "Start again once it is done.");
            } else {
                Retries.pause(attempt);
            }
        }
    }

    /** Several processes may create the log at the same moment, by way of different nodes: its id is the same in all. */
    private void createLog() {
        String keyspace = session.getKeyspace().orElseThrow().asInternal();
        UUID id = UUID.nameUUIDFromBytes((keyspace + ".schema_migrations").getBytes(StandardCharsets.UTF_8));
        SchemaChange.run(
                session,
                "CREATE TABLE IF NOT EXISTS schema_migrations "
                        + "(version int PRIMARY KEY, name text, checksum text, holder text, applied_at timestamp) WITH ID = "
                        + id);
    }

    private boolean upToDate() {
        Map<Integer, String> applied = applied();
        for (int version = 1; version <= FILES.size(); version++) {
            String checksum = applied.get(version);
            if (checksum == null) {
                return false;
            }
            if (!checksum.equals(checksum(read(FILES.get(version - 1))))) {
                throw Errors.of(
                        ErrorCode.BAD_CONFIG,
                        "Cassandra's tables were made by another " + FILES.get(version - 1) + " than this version's.",
                        "Use the version of Bifocal that made them, or another cassandra.keyspace.");
            }
        }
        if (applied.keySet().stream().anyMatch(version -> version > FILES.size())) {
            throw Errors.of(
                    ErrorCode.BAD_CONFIG,
                    "Cassandra's tables were made by a later version of Bifocal.",
                    "Use that version, or another cassandra.keyspace.");
        }
        return true;
    }

    private Map<Integer, String> applied() {
        return session.execute("SELECT version, checksum FROM schema_migrations").all().stream()
                .filter(row -> row.getInt("version") != LOCK)
                .collect(Collectors.toMap(row -> row.getInt("version"), row -> row.getString("checksum")));
    }

    private void applyMissing() {
        Map<Integer, String> applied = applied();
        // Otherwise the driver reads the whole schema again after each statement.
        session.setSchemaMetadataEnabled(false);
        for (int version = 1; version <= FILES.size(); version++) {
            if (!applied.containsKey(version)) {
                String name = FILES.get(version - 1);
                LOG.info("Applying {} to Cassandra", name);
                String text = read(name);
                statements(text).forEach(statement -> SchemaChange.run(session, statement));
                session.execute(SimpleStatement.newInstance(
                        "INSERT INTO schema_migrations (version, name, checksum, applied_at) "
                                + "VALUES (?, ?, ?, toTimestamp(now()))",
                        version,
                        name,
                        checksum(text)));
            }
        }
        session.setSchemaMetadataEnabled(null);
    }

    private boolean locked() {
        return session.execute(SimpleStatement.newInstance(
                        "INSERT INTO schema_migrations (version, holder) VALUES (?, ?) IF NOT EXISTS USING TTL ?",
                        LOCK,
                        holder,
                        LOCK_SECONDS))
                .wasApplied();
    }

    private void unlock() {
        session.execute(SimpleStatement.newInstance(
                "DELETE FROM schema_migrations WHERE version = ? IF holder = ?", LOCK, holder));
    }

    /** The statements of a file: separated by semicolons, without comments. */
    static List<String> statements(String text) {
        String code = text.lines().filter(line -> !line.startsWith("--")).collect(Collectors.joining("\n"));
        return Arrays.stream(code.split(";", -1))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }

    private static String read(String name) {
        try (InputStream in = Migrations.class.getResourceAsStream("/cql/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String checksum(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
