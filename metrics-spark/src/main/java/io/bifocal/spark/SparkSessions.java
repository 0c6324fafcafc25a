package io.bifocal.spark;

import io.bifocal.core.config.Config;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.spark.sql.SparkSession;

/** Starts Spark as the platform's configuration says; {@code spark.config} has the last word. */
public final class SparkSessions {
    /** Between two looks for new records while there are none: Spark's 10 ms keep a core busy with a few idle models. */
    private static final String POLLING_DELAY = "25ms";

    private SparkSessions() {}

    /** For jobs that read and write tables. */
    public static SparkSession batch(Config config, String name, Map<String, String> more) {
        return start(config, name, more);
    }

    /**
     * For queries whose micro-batches take milliseconds and whose checkpoints are scratch: plans are not adapted while they
     * run, and local files are written without {@link ForklessFileSystem forks}.
     */
    public static SparkSession stream(Config config, String name) {
        return start(
                config,
                name,
                Map.of(
                        "spark.sql.adaptive.enabled",
                        "false",
                        "spark.hadoop.fs.file.impl",
                        ForklessFileSystem.class.getName(),
                        "spark.sql.streaming.checkpointFileManagerClass",
                        "org.apache.spark.sql.execution.streaming.checkpointing.FileSystemBasedCheckpointFileManager",
                        "spark.sql.streaming.pollingDelay",
                        POLLING_DELAY,
                        "spark.sql.streaming.minBatchesToRetain",
                        "2",
                        "spark.scheduler.mode",
                        "FAIR"));
    }

    private static SparkSession start(Config config, String name, Map<String, String> more) {
        SparkSession.Builder builder = SparkSession.builder()
                .appName(name)
                .master(config.text(Config.Key.SPARK_MASTER))
                .config("spark.ui.enabled", "false")
                .config("spark.local.dir", scratch(config).toString())
                // Nothing is kept there, but Spark makes it, and would in the directory that it was started in.
                .config(
                        "spark.sql.warehouse.dir",
                        scratch(config).resolve("warehouse").toUri().toString())
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.sql.ansi.enabled", "true")
                .config("spark.sql.datetime.java8API.enabled", "true")
                .config("spark.sql.shuffle.partitions", "4")
                .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", "2");
        if (config.text(Config.Key.SPARK_MASTER).startsWith("local")) {
            builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1");
        }
        more.forEach(builder::config);
        if (!config.text(Config.Key.SPARK_CONFIG).isEmpty()) {
            properties(Path.of(config.text(Config.Key.SPARK_CONFIG)))
                    .forEach((key, value) -> builder.config(key.toString(), value.toString()));
        }
        return builder.getOrCreate();
    }

    /** Where a process may write what nobody else needs. */
    public static Path scratch(Config config) {
        return Path.of(config.text(Config.Key.HOME), "tmp").toAbsolutePath();
    }

    private static Properties properties(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException failure) {
            throw Errors.of(
                    ErrorCode.BAD_CONFIG,
                    "Cannot read " + file + ": " + failure.getMessage(),
                    "Check " + Config.Key.SPARK_CONFIG.text() + " and the file's permissions.",
                    failure);
        }
        return properties;
    }
}
