package io.bifocal.batch;

import io.bifocal.spark.KafkaTopic;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

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
        try (Admin admin = Admin.create(Map.copyOf(kafka))) {
            return KafkaTopic.retention(admin, topic)
                    .map(kept -> "about " + arrived.plus(kept) + ", by the topic's retention.ms of " + kept.toMillis())
                    .orElse("somebody deletes it: the topic keeps records for ever");
        }
    }
}
