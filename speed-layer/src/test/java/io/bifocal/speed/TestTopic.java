package io.bifocal.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bifocal.infra.local.LocalKafka;
import io.bifocal.spark.KafkaTopic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic of two partitions that no other test uses. */
final class TestTopic implements AutoCloseable {
    static final int PARTITIONS = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final String name = "t" + UUID.randomUUID().toString().replace("-", "");
    private final Admin admin = Admin.create(Map.of("bootstrap.servers", LocalKafka.bootstrapServers()));
    private KafkaProducer<byte[], byte[]> producer = producer();

    TestTopic() throws ExecutionException, InterruptedException {
        create();
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
            sent.add(producer.send(record(i % PARTITIONS, payloads.get(i))));
        }
        producer.flush();
        assertThat(sent).allSatisfy(each -> assertThat(each.get().hasOffset()).isTrue());
    }

    /** Publishes to one partition, once the producer knows that it exists. */
    void publish(int partition, List<String> payloads) {
        try (KafkaProducer<byte[], byte[]> fresh = producer()) {
            await().atMost(PATIENCE).until(() -> fresh.partitionsFor(name).size() > partition);
            payloads.forEach(payload -> sent(fresh.send(record(partition, payload))));
        }
    }

    /** Publishes in a transaction of its own, which is committed or aborted. */
    void transaction(List<String> payloads, boolean commit) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", LocalKafka.bootstrapServers(), "transactional.id", "transaction of " + name);
        try (KafkaProducer<byte[], byte[]> transactional =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            transactional.initTransactions();
            transactional.beginTransaction();
            for (int i = 0; i < payloads.size(); i++) {
                Future<RecordMetadata> unused = transactional.send(record(i % PARTITIONS, payloads.get(i)));
            }
            transactional.flush(); // what is aborted must lie in the log
            if (commit) {
                transactional.commitTransaction();
            } else {
                transactional.abortTransaction();
            }
        }
    }

    /** The sum of the offsets after the last record of each partition. */
    long end() throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            asked.put(new TopicPartition(name, partition), OffsetSpec.latest());
        }
        return admin.listOffsets(asked).all().get().values().stream()
                .mapToLong(end -> end.offset())
                .sum();
    }

    void addPartition() throws ExecutionException, InterruptedException {
        admin.createPartitions(Map.of(name, NewPartitions.increaseTo(PARTITIONS + 1)))
                .all()
                .get();
    }

    /** Deletes the topic and makes another of the same name. */
    void makeAgain() throws ExecutionException, InterruptedException {
        admin.deleteTopics(List.of(name)).all().get();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            create();
            return true;
        });
        producer.close(); // its sequence numbers are of the topic that is gone
        producer = producer();
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", LocalKafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private void create() throws ExecutionException, InterruptedException {
        admin.createTopics(List.of(new NewTopic(name, Optional.of(PARTITIONS), Optional.empty())))
                .all()
                .get();
        // An idempotent producer loses its first records to a partition whose leader does not know it yet
        // (KAFKA-15591).
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> KafkaTopic.read(admin, name).beginnings().size() == PARTITIONS);
    }

    private ProducerRecord<byte[], byte[]> record(int partition, String payload) {
        byte[] value = payload == null ? null : payload.getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(name, partition, null, value);
    }

    private static void sent(Future<RecordMetadata> sending) {
        try {
            assertThat(sending.get().hasOffset()).isTrue();
        } catch (ExecutionException | InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
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
