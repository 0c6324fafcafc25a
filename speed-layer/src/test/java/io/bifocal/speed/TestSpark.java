package io.bifocal.speed;

import io.bifocal.core.config.Config;
import io.bifocal.infra.local.LocalKafka;
import io.bifocal.spark.Scratch;
import io.bifocal.spark.SparkSessions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** The Spark that the tests of this JVM share, configured as the speed job's. */
final class TestSpark {
    private static final Path HOME = home();
    private static final SparkSession SESSION = SparkSessions.stream(
            Config.of(Map.of("home", HOME.toString(), "spark.master", "local[2]"), Map.of()), "speed tests");

    private TestSpark() {}

    static SparkSession session() {
        return SESSION;
    }

    static SpeedRun.Settings settings(int batchesPerPart) {
        return new SpeedRun.Settings(
                Map.of("bootstrap.servers", LocalKafka.bootstrapServers()),
                HOME.resolve("tmp"),
                0,
                500,
                batchesPerPart);
    }

    private static Path home() {
        try {
            Path home = Files.createTempDirectory("bifocal-speed");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> Scratch.delete(home)));
            return home;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
