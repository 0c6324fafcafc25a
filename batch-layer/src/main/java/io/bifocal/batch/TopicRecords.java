package io.bifocal.batch;

import io.bifocal.core.ledger.LedgerComparison.KafkaRecords;
import io.bifocal.spark.KafkaTopic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Counts the committed records that one topic holds between two offsets. */
final class TopicRecords implements KafkaRecords {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int FRUITLESS_POLLS = 20;

    private final KafkaTopic topic;
    private final Map<String, Object> settings;

    /** @param kafka properties of every Kafka client, with the bootstrap servers */
    TopicRecords(KafkaTopic topic, Map<String, String> kafka) {
        this.topic = topic;
        this.settings = new HashMap<>(kafka);
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", OffsetResetStrategy.NONE.toString());
    }

    @Override
    public OptionalLong between(String topicId, int partition, long from, long to) {
        if (!topicId.equals(topic.id()) || topic.beginnings().getOrDefault(partition, Long.MAX_VALUE) > from) {
            return OptionalLong.empty();
        }
        TopicPartition asked = new TopicPartition(topic.name(), partition);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(asked));
            consumer.seek(asked, from);
            long records = 0;
            int fruitless = 0;
            while (consumer.position(asked) < to) {
                long before = consumer.position(asked);
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    records += record.offset() < to ? 1 : 0;
                }
                fruitless = consumer.position(asked) == before ? fruitless + 1 : 0;
                if (fruitless == FRUITLESS_POLLS) {
                    return OptionalLong.empty();
                }
            }
            return OptionalLong.of(records);
        }
    }
}
