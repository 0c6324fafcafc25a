package io.bifocal.batch;

import static org.awaitility.Awaitility.await;

import io.bifocal.core.config.Config;
import io.bifocal.infra.local.LocalKafka;
import io.bifocal.spark.KafkaTopic;
import io.bifocal.spark.Scratch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.spark.sql.SparkSession;

/** What the tests of this JVM share: one Spark, one Kafka, one directory. */
final class Local {
    static final Path HOME = home();
    static final SparkSession SPARK = spark();

    private Local() {}

    static String archiveUri() {
        return HOME.resolve("lake").toUri().toString();
    }

    static Map<String, String> kafka() {
        return Map.of("bootstrap.servers", LocalKafka.bootstrapServers());
    }

    static void createTopic(String name, int partitions) {
        try (Admin admin = Admin.create(Map.<String, Object>copyOf(kafka()))) {
            admin.createTopics(List.of(new NewTopic(name, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get();
            // An idempotent producer loses its first records to a partition whose leader does not know it yet
            // (KAFKA-15591).
            await().atMost(Duration.ofMinutes(2))
                    .ignoreExceptions()
                    .until(() -> KafkaTopic.read(admin, name).beginnings().size() == partitions);
        } catch (ExecutionException | InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Publishes texts, one after the other over the topic's partitions, and returns when all are acknowledged. */
    static void publish(String topic, int partitions, List<String> payloads) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(Map.copyOf(kafka()), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < payloads.size(); i++) {
                byte[] value = payloads.get(i).getBytes(StandardCharsets.UTF_8);
                var unused = producer.send(new ProducerRecord<>(topic, i % partitions, null, value));
            }
            producer.flush();
        }
    }

    /** Deletes the records before an offset of the first partition, as retention does. */
    static void deleteBefore(String topic, long offset) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.<String, Object>copyOf(kafka()))) {
            admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        }
    }

    private static Path home() {
        try {
            Path home = Files.createTempDirectory("bifocal-batch");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> Scratch.delete(home)));
            return home;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static SparkSession spark() {
        Config config = Config.of(Map.of("spark.master", "local[2]", "home", HOME.toString()), Map.of());
        SparkSession spark = Sessions.start(config, "tests");
        spark.conf().set("spark.sql.shuffle.partitions", "2");
        // Compiling plans takes longer than running them over so little.
        spark.conf().set("spark.sql.codegen.wholeStage", "false");
        spark.conf().set("spark.sql.adaptive.enabled", "false");
        return spark;
    }
}
