package io.bifocal.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.CassandraManifestStore;
import io.bifocal.cassandra.CassandraViewStore;
import io.bifocal.cassandra.HeartbeatStore;
import io.bifocal.cassandra.ModelCatalog;
import io.bifocal.core.config.Config;
import io.bifocal.core.config.ReadyFile;
import io.bifocal.core.config.SparkJvm;
import io.bifocal.core.model.Definition;
import io.bifocal.infra.local.JavaCommand;
import io.bifocal.infra.local.LocalCassandra;
import io.bifocal.infra.local.LocalKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job as its own process, over a real Kafka and a real Cassandra. */
class SpeedJobTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final long SEED = 20101202;

    @TempDir
    private Path home;

    @Test
    void countsEveryRecordOnceThoughItIsKilledAndStartedAgain() throws Exception {
        Random random = new Random(SEED);
        Config config = config();
        try (TestTopic topic = new TestTopic();
                CassandraConnection connection = CassandraConnection.open(config)) {
            Definition definition = TestShop.definition(topic.name());
            new ModelCatalog(connection, Clock.systemUTC()).put(definition);
            Platform seen = new Platform(
                    definition, new CassandraViewStore(connection), new CassandraManifestStore(connection), 4);
            topic.publish(TestShop.events(random, 3000));

            Process first = start("first");
            await().atMost(PATIENCE).until(() -> seen.covered() > 0);
            first.destroyForcibly().waitFor();
            topic.publish(TestShop.events(random, 3000));
            topic.publish(List.of("{broken"));
            Process second = start("second");
            try {
                await().atMost(PATIENCE).until(() -> seen.covered() == 6001);
                await().atMost(PATIENCE).until(() -> seen.totals().equals(Platform.totalsOf(6000)));
                assertThat(seen.ledger(false)).isEqualTo(6000);
                assertThat(seen.ledger(true)).isEqualTo(1);
                assertThat(home.resolve("second.ready")).exists();
                await().atMost(PATIENCE).until(() -> new HeartbeatStore(connection)
                        .last("speed", topic.name())
                        .filter(beat -> "UP".equals(beat.status().get("state")))
                        .isPresent());
                assertThat(seen.manifest().chain()).hasSizeLessThan(12);
            } finally {
                second.destroyForcibly().waitFor();
            }
        }
    }

    private Config config() throws IOException {
        Map<String, String> texts = Map.of(
                "kafka.bootstrap-servers",
                LocalKafka.bootstrapServers(),
                "cassandra.contact-points",
                LocalCassandra.contactPoint(),
                "cassandra.keyspace",
                "speed_job",
                "speed.max-records-per-batch",
                "500",
                "speed.batches-per-part",
                "2",
                "home",
                home.toString());
        Properties file = new Properties();
        file.putAll(texts);
        try (var writer = Files.newBufferedWriter(home.resolve("platform.properties"))) {
            file.store(writer, null);
        }
        return Config.of(texts, Map.of());
    }

    private Process start(String name) throws IOException {
        List<String> options = new ArrayList<>(SparkJvm.options());
        options.addAll(List.of(
                "-Xmx1g",
                "-D" + Config.FILE_PROPERTY + "=" + home.resolve("platform.properties"),
                "-D" + ReadyFile.PROPERTY + "=" + home.resolve(name + ".ready")));
        return new ProcessBuilder(
                        JavaCommand.likeThisJvm(SpeedJob.class, options).line())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve(name + ".log").toFile())
                .start();
    }
}
