package io.bifocal.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CassandraServerTest {
    @TempDir
    private Path home;

    @Test
    void keepsRowsOverAStopAndAKill() {
        CassandraServer.Ports ports = CassandraServer.Ports.free();
        try (CassandraServer first = start(ports)) {
            execute(
                    first,
                    "CREATE KEYSPACE kept WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
                    "CREATE TABLE kept.rows (id int PRIMARY KEY, value text)",
                    "INSERT INTO kept.rows (id, value) VALUES (1, 'one')");
        }
        try (CassandraServer second = start(ports)) {
            execute(second, "INSERT INTO kept.rows (id, value) VALUES (2, 'two')");
            second.kill();
        }
        try (CassandraServer third = start(ports);
                CqlSession session = session(third)) {
            List<String> values = session.execute("SELECT value FROM kept.rows WHERE id IN (1, 2)")
                    .map(row -> row.getString("value"))
                    .all();
            assertThat(values).containsExactlyInAnyOrder("one", "two");
        }
    }

    private CassandraServer start(CassandraServer.Ports ports) {
        return CassandraServer.start(home.resolve("cassandra"), ports, home.resolve("cassandra.log"));
    }

    private static void execute(CassandraServer server, String... statements) {
        try (CqlSession session = session(server)) {
            for (String statement : statements) {
                session.execute(statement);
            }
        }
    }

    private static CqlSession session(CassandraServer server) {
        return CqlSession.builder()
                .addContactPoint(server.contactPoint())
                .withLocalDatacenter(CassandraServer.DATACENTER)
                // A server that has just started, on a machine that does much else, takes longer than the driver's 2 s.
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(30))
                        .build())
                .build();
    }
}
