package io.bifocal.speed;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.infra.local.LocalKafka;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic of two partitions that no other test uses. */
final class TestTopic implements AutoCloseable {
    static final int PARTITIONS = 2;

    private final String name = "t" + UUID.randomUUID().toString().replace("-", "");
    private final Admin admin = Admin.create(Map.of("bootstrap.servers", LocalKafka.bootstrapServers()));
    private final KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
            Map.of("bootstrap.servers", LocalKafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());

    TestTopic() throws ExecutionException, InterruptedException {
        admin.createTopics(List.of(new NewTopic(name, Optional.of(PARTITIONS), Optional.empty())))
                .all()
                .get();
    }

    String name() {
        return name;
    }

    Admin admin() {
        return admin;
    }

    /** Publishes, spread over the partitions, and returns when all is acknowledged. */
    void publish(List<String> payloads) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < payloads.size(); i++) {
            byte[] value = payloads.get(i) == null ? null : payloads.get(i).getBytes(StandardCharsets.UTF_8);
            sent.add(producer.send(new ProducerRecord<>(name, i % PARTITIONS, null, value)));
        }
        producer.flush();
        assertThat(sent).allSatisfy(each -> assertThat(each.get().hasOffset()).isTrue());
    }

    /** Deletes the records before an offset of the first partition, as retention does. */
    void deleteBefore(long offset) throws ExecutionException, InterruptedException {
        admin.deleteRecords(Map.of(new TopicPartition(name, 0), RecordsToDelete.beforeOffset(offset)))
                .all()
                .get();
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }
}
