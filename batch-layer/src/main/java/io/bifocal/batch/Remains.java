package io.bifocal.batch;

import io.bifocal.core.cut.Positions;
import io.bifocal.spark.KafkaTopic;
import java.time.Instant;
import java.util.ArrayList;
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
     * @param topics that held them; those that are not there hold nothing
     */
    static List<Map<String, String>> of(Map<String, String> kafka, List<String> topics, Instant arrived) {
        List<Map<String, String>> remains = new ArrayList<>();
        try (Admin admin = Admin.create(Map.copyOf(kafka))) {
            for (String topic : topics) {
                if (!KafkaTopic.end(admin, topic).equals(Positions.NONE)) {
                    remains.add(Map.of("where", "Kafka topic " + topic, "until", retention(admin, topic, arrived)));
                }
            }
        }
        remains.add(Map.of("where", CASSANDRA, "until", COMPACTION));
        return remains;
    }

    private static String retention(Admin admin, String topic, Instant arrived) {
        return KafkaTopic.retention(admin, topic)
                .map(kept -> "about " + arrived.plus(kept) + ", by the topic's retention.ms of " + kept.toMillis())
                .orElse("somebody deletes it: the topic keeps records for ever");
    }
}
