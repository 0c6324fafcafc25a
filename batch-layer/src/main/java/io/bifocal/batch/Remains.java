package io.bifocal.batch;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/** What an erasure cannot reach, and until when that is there. */
final class Remains {
    private static final String CASSANDRA = "deleted rows in Cassandra's files";
    private static final String COMPACTION =
            "its next compaction of them; at once with nodetool flush and nodetool compact";

    private Remains() {}

    /**
     * Of records that had arrived by a moment.
     *
     * @param kafka properties of every Kafka client
     */
    static List<Map<String, String>> of(Map<String, String> kafka, String topic, Instant arrived) {
        return List.of(
                Map.of("where", "Kafka topic " + topic, "until", retention(kafka, topic, arrived)),
                Map.of("where", CASSANDRA, "until", COMPACTION));
    }

    private static String retention(Map<String, String> kafka, String topic, Instant arrived) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = Admin.create(Map.copyOf(kafka))) {
            Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
            long millis =
                    Long.parseLong(config.get(TopicConfig.RETENTION_MS_CONFIG).value());
            return millis < 0
                    ? "somebody deletes it: the topic keeps records for ever"
                    : "about " + arrived.plusMillis(millis) + ", by the topic's retention.ms of " + millis;
        } catch (ExecutionException failure) {
            throw failed(topic, failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw failed(topic, interrupted);
        }
    }

    private static RuntimeException failed(String topic, Throwable cause) {
        return Errors.of(
                ErrorCode.UNAVAILABLE,
                "Kafka does not say how long it keeps the records of " + topic + ": " + cause.getMessage(),
                "Check that Kafka runs, and ask again.",
                cause);
    }
}
