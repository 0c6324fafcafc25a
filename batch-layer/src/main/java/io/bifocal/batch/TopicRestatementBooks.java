package io.bifocal.batch;

import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.reconciliation.Restatement;
import io.bifocal.spark.KafkaTopic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restatements in a Kafka topic too, for systems that keep copies of numbers. The key says which number it is: model, rollup,
 * metric, bucket and dimensions. The value is what the API gives, and a header names the publication. A process that dies in
 * between sends some of them again. What Kafka does not take is told by the other books alone.
 */
final class TopicRestatementBooks implements RestatementBooks {
    /** The publication that moved a number. */
    static final String PUBLICATION = "bifocal-publication";

    private static final Logger LOG = LoggerFactory.getLogger(TopicRestatementBooks.class);

    private final RestatementBooks others;
    private final Map<String, String> kafka;
    private final NewTopic topic;
    private boolean made;

    /**
     * @param kafka properties of every Kafka client
     * @param topic made where there is none
     */
    TopicRestatementBooks(RestatementBooks others, Map<String, String> kafka, NewTopic topic) {
        this.others = others;
        this.kafka = kafka;
        this.topic = topic;
    }

    @Override
    public Consumer<List<Restatement>> moves(String model, String reconciliation) {
        Consumer<List<Restatement>> told = others.moves(model, reconciliation);
        return some -> {
            told.accept(some);
            try {
                send(model, reconciliation, some);
            } catch (InterruptedException | InterruptException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(interrupted);
            } catch (ExecutionException | RuntimeException failure) {
                LOG.error("topic {} lacks {} restatements of {}", topic.name(), some.size(), model, failure);
            }
        };
    }

    private void send(String model, String reconciliation, List<Restatement> moves)
            throws ExecutionException, InterruptedException {
        makeTopic();
        byte[] publication = reconciliation.getBytes(StandardCharsets.UTF_8);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(Map.copyOf(kafka), new StringSerializer(), new StringSerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (Restatement move : moves) {
                ProducerRecord<String, String> record =
                        new ProducerRecord<>(topic.name(), move.number(model), move.json());
                record.headers().add(PUBLICATION, publication);
                sent.add(producer.send(record));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    private void makeTopic() throws ExecutionException, InterruptedException {
        if (!made) {
            try (Admin admin = Admin.create(Map.copyOf(kafka))) {
                KafkaTopic.make(admin, topic);
            }
            made = true;
        }
    }

    @Override
    public void publish(String model, Reconciliation summary) {
        others.publish(model, summary);
    }
}
