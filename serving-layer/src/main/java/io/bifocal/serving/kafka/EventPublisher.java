package io.bifocal.serving.kafka;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Publishes events through one idempotent producer, and returns when Kafka has acknowledged them. How much may be on its way
 * at once is bounded: beyond that, callers are told to come back.
 */
@Singleton
public class EventPublisher {
    private static final int MOST_KIBIBYTES_IN_FLIGHT = 24 * 1024;
    /** More than what may be in flight, so that a sender waits for Kafka alone, never for another's room. */
    private static final long BUFFER_BYTES = 32L << 20;

    /** What a record takes in memory and on the wire beside its value, roughly. */
    private static final int BYTES_BESIDE_A_VALUE = 64;

    private static final int DELIVERY_TIMEOUT_MILLIS = 30_000;
    private static final int BLOCK_MILLIS = 3_000;

    private final KafkaClients clients;
    private final Semaphore room = new Semaphore(MOST_KIBIBYTES_IN_FLIGHT);
    private KafkaProducer<byte[], byte[]> producer;

    EventPublisher(KafkaClients clients) {
        this.clients = clients;
    }

    /**
     * What became of values that are not acknowledged.
     *
     * @param refused which Kafka will never take as they are, by index, with the reason
     * @param unacknowledged indexes of those that Kafka did not acknowledge in time; some may arrive yet
     * @param problem why not; empty where there are none
     */
    public record Outcome(Map<Integer, String> refused, List<Integer> unacknowledged, String problem) {}

    /**
     * Publishes values in their order, and waits until Kafka has acknowledged them.
     *
     * @throws io.bifocal.core.error.BifocalException UNAVAILABLE where too much is on its way already: none is published
     */
    public Outcome publish(String topic, List<byte[]> values) {
        int kibibytes = values.stream()
                                .mapToInt(value -> value.length + BYTES_BESIDE_A_VALUE)
                                .sum()
                        / 1024
                + 1;
        if (!room.tryAcquire(kibibytes)) {
            throw Errors.of(
                    ErrorCode.UNAVAILABLE,
                    "More events are being published than Kafka takes at the moment; none of these was.",
                    "Send them again after the seconds that Retry-After names.");
        }
        try {
            return await(send(topic, values), values.size());
        } finally {
            room.release(kibibytes);
        }
    }

    /** Those that were sent: sending ends with the first that is refused at once, for each would wait in vain as long. */
    private List<Future<RecordMetadata>> send(String topic, List<byte[]> values) {
        KafkaProducer<byte[], byte[]> open = producer();
        List<Future<RecordMetadata>> sent = new ArrayList<>(values.size());
        for (byte[] value : values) {
            AtomicBoolean refused = new AtomicBoolean();
            long began = System.nanoTime();
            sent.add(
                    open.send(new ProducerRecord<>(topic, value), (metadata, failure) -> refused.set(failure != null)));
            if (refused.get() && System.nanoTime() - began >= BLOCK_MILLIS * 1_000_000L) {
                break;
            }
        }
        return sent;
    }

    private static Outcome await(List<Future<RecordMetadata>> sent, int values) {
        Map<Integer, String> refused = new TreeMap<>();
        List<Integer> unacknowledged = new ArrayList<>();
        String problem = "";
        for (int i = 0; i < sent.size(); i++) {
            try {
                sent.get(i).get();
            } catch (ExecutionException failure) {
                if (failure.getCause() instanceof RecordTooLargeException tooLarge) {
                    refused.put(i, tooLarge.getMessage());
                } else {
                    unacknowledged.add(i);
                    problem = failure.getCause().getMessage();
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                unacknowledged.add(i);
                problem = "this server is being stopped";
            }
        }
        for (int i = sent.size(); i < values; i++) {
            unacknowledged.add(i);
        }
        return new Outcome(refused, unacknowledged, problem);
    }

    private synchronized KafkaProducer<byte[], byte[]> producer() {
        if (producer == null) {
            Properties properties = clients.properties();
            properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
            properties.put(ProducerConfig.ACKS_CONFIG, "all");
            properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
            properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
            properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MILLIS);
            properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MILLIS / 3);
            properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MILLIS);
            producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        }
        return producer;
    }

    @PreDestroy
    synchronized void close() {
        if (producer != null) {
            producer.close(Duration.ofSeconds(2));
        }
    }
}
