package io.bifocal.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.bifocal.core.config.Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class MigrationsTest {
    private static final String APPLIED = "SELECT version, name, checksum FROM schema_migrations";

    private final String keyspace = TestConnection.uniqueName();

    @Test
    void areAppliedOnceWhenManyStartAtOnceAndWhenOneStartsAgain() throws Exception {
        int processes = 4;
        ExecutorService threads = Executors.newFixedThreadPool(processes);
        try {
            List<Future<String>> started = new ArrayList<>();
            for (int i = 0; i < processes; i++) {
                started.add(threads.submit(() -> appliedBy(TestConnection.config(keyspace))));
            }
            List<String> applied = new ArrayList<>();
            for (Future<String> each : started) {
                applied.add(each.get());
            }
            applied.add(appliedBy(TestConnection.config(keyspace)));
            assertThat(applied).containsOnly(applied.get(0));
            assertThat(applied.get(0)).contains(Migrations.FILES);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void areRefusedWhereAnotherVersionOfThePlatformMadeTheTables() {
        Config config = TestConnection.config(keyspace);
        try (CassandraConnection connection = CassandraConnection.open(config)) {
            CqlSession session = connection.session();
            session.execute("INSERT INTO schema_migrations (version, name, checksum) VALUES (999, 'V999', 'x')");
            assertThatThrownBy(() -> CassandraConnection.open(config))
                    .hasMessage("Cassandra's tables were made by a later version of Bifocal.");

            session.execute("DELETE FROM schema_migrations WHERE version = 999");
            session.execute("UPDATE schema_migrations SET checksum = 'other' WHERE version = 1");
            assertThatThrownBy(() -> CassandraConnection.open(config))
                    .hasMessage("Cassandra's tables were made by another V001__platform.cql than this version's.");
        }
    }

    @Test
    void areSplitIntoStatementsWithoutComments() {
        assertThat(Migrations.statements("-- a; b\nONE\n(x);\n\n-- c\nTWO;\n")).containsExactly("ONE\n(x)", "TWO");
    }

    @Test
    void sayWhatIsMissingWhereNobodyAnswers() {
        Config nobody = TestConnection.config(keyspace).with(Config.Key.CASSANDRA_CONTACT_POINTS, "127.0.0.1:1");
        assertThatThrownBy(() -> CassandraConnection.open(nobody, Duration.ZERO))
                .hasMessageStartingWith("Cassandra does not answer: ");
    }

    private static String appliedBy(Config config) {
        try (CassandraConnection connection = CassandraConnection.open(config)) {
            return connection.session().execute(APPLIED).all().stream()
                    // Whoever finds nothing to do may still see the lock of the one who did it.
                    .filter(row -> row.getInt("version") > 0)
                    .map(Row::getFormattedContents)
                    .sorted()
                    .toList()
                    .toString();
        }
    }
}
