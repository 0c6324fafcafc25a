package io.bifocal.infra.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.config.Config;
import io.bifocal.infra.local.LocalKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Publishes to a real Kafka. */
class IngestionTest {
    private static final int TOO_LARGE = 1_100_000;

    @TempDir
    private Path directory;

    @Test
    void namesEventsThatAreTooLargeAndPublishesAllOthers() throws IOException {
        Config config =
                Config.of(Map.of(Config.Key.KAFKA_BOOTSTRAP_SERVERS.text(), LocalKafka.bootstrapServers()), Map.of());
        try (Topics topics = Topics.of(config)) {
            topics.create("ingestion");
        }
        Path file = Files.writeString(
                directory.resolve("events.ndjson"), "{}\n{}\n" + "x".repeat(TOO_LARGE) + "\n{}\nnot json\n");
        Listener listener = new Listener();

        try (Publisher publisher = new Publisher(KafkaSettings.of(config), "ingestion")) {
            Pace unhurried = new Pace(OptionalDouble.empty(), System::nanoTime);
            long leftOut = new Ingestion(publisher, unhurried, listener)
                    .publish(List.of(EventFile.of(file, Optional.empty())));

            assertThat(leftOut).isEqualTo(1);
            assertThat(listener.leftOut).containsExactly(file + " line 3: " + TOO_LARGE);
            assertThat(publisher.acknowledged()).isEqualTo(4);
            assertThat(publisher.ends().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(4);
        }
    }

    private static final class Listener implements Ingestion.Listener {
        private final List<String> leftOut = new CopyOnWriteArrayList<>();

        @Override
        public void at(OptionalDouble fraction, long published) {
            assertThat(fraction).isPresent();
        }

        @Override
        public void leftOut(EventFile file, long line, long bytes) {
            leftOut.add(file.path() + " line " + line + ": " + bytes);
        }
    }
}
