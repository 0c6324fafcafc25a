package io.bifocal.core.config;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What a process of the platform is configured with: a properties file, overridden by environment variables ({@code
 * kafka.bootstrap-servers} is {@code BIFOCAL_KAFKA_BOOTSTRAP_SERVERS}). Every key is listed in {@link Key}; an unknown key
 * or a value that does not parse stops the process at its start.
 */
public final class Config {
    /** The system property that names the file a process reads. */
    public static final String FILE_PROPERTY = "bifocal.config";

    /** Every key, with its default; a key without one must be given where it is used. */
    public enum Key {
        KAFKA_BOOTSTRAP_SERVERS("kafka.bootstrap-servers", null),
        /** Path of a properties file for every Kafka client (security and so on). */
        KAFKA_CLIENT_CONFIG("kafka.client-config", ""),
        KAFKA_PARTITIONS("kafka.partitions", "2"),
        KAFKA_REPLICATION_FACTOR("kafka.replication-factor", "1"),
        CASSANDRA_CONTACT_POINTS("cassandra.contact-points", null),
        CASSANDRA_DATACENTER("cassandra.datacenter", "datacenter1"),
        CASSANDRA_KEYSPACE("cassandra.keyspace", "bifocal"),
        CASSANDRA_REPLICATION_FACTOR("cassandra.replication-factor", "1"),
        CASSANDRA_USERNAME("cassandra.username", ""),
        CASSANDRA_PASSWORD("cassandra.password", ""),
        /** Where the Delta tables are: {@code file:/…}, or any file system that Spark has a connector for. */
        ARCHIVE_URI("archive.uri", null),
        ARCHIVER_TRIGGER_MILLIS("archiver.trigger-millis", "5000"),
        SPARK_MASTER("spark.master", "local[2]"),
        /** Path of a properties file with further Spark configuration. */
        SPARK_CONFIG("spark.config", ""),
        SPEED_TRIGGER_MILLIS("speed.trigger-millis", "0"),
        SPEED_MAX_RECORDS_PER_BATCH("speed.max-records-per-batch", "200000"),
        /** How long a job waits for a speed job that is behind before it counts from the archive in its place. */
        SPEED_PATIENCE_SECONDS("speed.patience-seconds", "30"),
        /** Micro-batches in a live part before it is sealed and may be folded. */
        SPEED_BATCHES_PER_PART("speed.batches-per-part", "16"),
        /** Parts of one level that are folded into one of the next. */
        FOLD_FANOUT("fold.fanout", "4"),
        GENERATIONS_KEPT("generations.kept", "7"),
        /** How long rows stay after the last manifest that named them; longer than any query may take. */
        COLLECT_GRACE_SECONDS("collect.grace-seconds", "120"),
        /** Kafka topic that restated numbers are sent to as well; empty: none. */
        RESTATEMENTS_TOPIC("restatements.topic", ""),
        /** Of a thousand answers, how many are kept to be given again from the archive. */
        ANSWERS_SAMPLED_PER_MILLE("answers.sampled-per-mille", "10"),
        QUERY_DEADLINE_MILLIS("query.deadline-millis", "30000"),
        /** What one query may read; one that would read more is refused before it reads anything. */
        QUERY_MAX_ROWS("query.max-rows", "10000000"),
        QUERY_MAX_ANSWER_ROWS("query.max-answer-rows", "200000"),
        QUERY_MAX_PARTITIONS("query.max-partitions", "100000"),
        HTTP_HOST("http.host", "127.0.0.1"),
        HTTP_PORT("http.port", "8080"),
        /** Directory of logs, scratch space and child processes' files. */
        HOME("home", ".bifocal"),
        EXECUTOR("executor", "local"),
        AIRFLOW_URL("airflow.url", ""),
        AIRFLOW_USERNAME("airflow.username", ""),
        AIRFLOW_PASSWORD("airflow.password", ""),
        /** Files that hold the class paths of the Spark processes that the local executor starts. */
        CLASSPATH_SPEED("classpath.speed", ""),
        CLASSPATH_BATCH("classpath.batch", ""),
        BATCH_MEMORY("batch.memory", "2g"),
        /** Further options of the JVMs that run Spark: the speed job, the archiver, jobs. */
        SPARK_JVM_OPTIONS("spark.jvm-options", "-XX:+UseSerialGC"),
        /** Events after which a chunk of a backfill ends with the event day: what an interrupted one computes again. */
        BACKFILL_RECORDS_PER_CHUNK("backfill.records-per-chunk", "2000000"),
        /** How many days the logs of jobs are kept. */
        JOBS_LOG_DAYS("jobs.log-days", "30"),
        /** Who is told when an alert of a model fires or ends, in the form of Prometheus' Alertmanager; empty: nobody. */
        ALERTS_WEBHOOK("alerts.webhook", ""),
        /** How often it is told again of what still fires. */
        ALERTS_REPEAT_MINUTES("alerts.repeat-minutes", "240"),
        /** Where those who are told find this platform. */
        ALERTS_EXTERNAL_URL("alerts.external-url", ""),
        /** When every model is recomputed, as the schedule {@code nightly} begins. */
        NIGHTLY_CRON("nightly.cron", "0 2 * * *");

        private final String text;
        private final String fallback;

        Key(String text, String fallback) {
            this.text = text;
            this.fallback = fallback;
        }

        /** As a properties file writes it. */
        public String text() {
            return text;
        }

        /** The environment variable that overrides it. */
        public String environment() {
            return "BIFOCAL_" + text.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
        }

        /** Whether its values are whole numbers. */
        boolean numeric() {
            return fallback != null && fallback.matches("\\d+");
        }

        static Optional<Key> of(String text) {
            for (Key key : values()) {
                if (key.text.equals(text)) {
                    return Optional.of(key);
                }
            }
            return Optional.empty();
        }
    }

    private final Map<Key, String> values;

    private Config(Map<Key, String> values) {
        this.values = values;
    }

    /** Reads the file that {@link #FILE_PROPERTY} names (none: defaults), then the environment. */
    public static Config load() {
        String file = System.getProperty(FILE_PROPERTY);
        return load(file == null ? Optional.empty() : Optional.of(Path.of(file)), System.getenv());
    }

    public static Config load(Optional<Path> file, Map<String, String> environment) {
        Properties properties = new Properties();
        file.ifPresent(path -> {
            try (Reader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
                properties.load(reader);
            } catch (IOException failure) {
                throw Errors.of(
                        ErrorCode.BAD_CONFIG,
                        "Cannot read the configuration " + path + ": " + failure.getMessage(),
                        "Check the path and its permissions.",
                        failure);
            }
        });
        Map<String, String> texts = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> texts.put(name, properties.getProperty(name)));
        return of(texts, environment);
    }

    /** From keys as a properties file writes them, overridden by the environment. */
    public static Config of(Map<String, String> texts, Map<String, String> environment) {
        Map<Key, String> values = new TreeMap<>();
        List<String> unknown = new ArrayList<>();
        texts.forEach((text, value) ->
                Key.of(text).ifPresentOrElse(key -> values.put(key, value.trim()), () -> unknown.add(text)));
        unknown.sort(null);
        if (!unknown.isEmpty()) {
            throw unknownKeys(unknown);
        }
        for (Key key : Key.values()) {
            String override = environment.get(key.environment());
            if (override != null) {
                values.put(key, override.trim());
            }
        }
        Config config = new Config(values);
        values.keySet().stream().filter(Key::numeric).forEach(config::number);
        return config;
    }

    private static BifocalException unknownKeys(List<String> unknown) {
        List<String> known = Arrays.stream(Key.values()).map(Key::text).toList();
        List<String> meant = new ArrayList<>();
        for (String key : unknown) {
            Nearest.of(key, known).stream().findFirst().ifPresent(near -> meant.add(near + " instead of " + key));
        }
        return Errors.of(
                ErrorCode.BAD_CONFIG,
                "Unknown configuration keys: " + String.join(", ", unknown) + ".",
                meant.isEmpty()
                        ? "Remove them; docs/CONFIGURATION.md lists the keys."
                        : "Did you mean " + String.join(", ", meant) + "?",
                Map.of("keys", unknown));
    }

    public String text(Key key) {
        String value = values.getOrDefault(key, key.fallback);
        if (value == null) {
            throw Errors.of(
                    ErrorCode.BAD_CONFIG,
                    "The configuration lacks " + key.text() + ".",
                    "Set it in the properties file, or as " + key.environment() + ".");
        }
        return value;
    }

    /** What stands between spaces. */
    public List<String> words(Key key) {
        return has(key) ? List.of(text(key).split("\\s+")) : List.of();
    }

    public boolean has(Key key) {
        return !values.getOrDefault(key, key.fallback == null ? "" : key.fallback)
                .isEmpty();
    }

    /** A whole number, not negative. */
    public int number(Key key) {
        String text = text(key);
        try {
            return Math.toIntExact(Long.parseUnsignedLong(text));
        } catch (NumberFormatException | ArithmeticException notANumber) {
            throw Errors.of(
                    ErrorCode.BAD_CONFIG,
                    key.text() + " is " + text + ", not a whole number.",
                    "Give a number from 0 to " + Integer.MAX_VALUE + ".");
        }
    }

    /** Texts with commas between them. */
    public List<String> list(Key key) {
        return List.of(text(key).split("\\s*,\\s*"));
    }

    /** This configuration with further values, as for a child process. */
    public Config with(Key key, String value) {
        Map<Key, String> next = new TreeMap<>(values);
        next.put(key, value);
        return new Config(next);
    }

    /** All that is set, as a properties file holds it. */
    public Map<String, String> asMap() {
        Map<String, String> texts = new TreeMap<>();
        values.forEach((key, value) -> texts.put(key.text(), value));
        return texts;
    }
}
