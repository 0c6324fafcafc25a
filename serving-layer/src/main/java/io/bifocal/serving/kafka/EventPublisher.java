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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Publishes events through one idempotent producer, and returns when Kafka has acknowledged them. How much may be on its way
 * at once is bounded: beyond that, callers are told to come back.
 */
@Singleton
public class EventPublisher {
    private static final int MOST_KIBIBYTES_IN_FLIGHT = 24 * 1024;
    private static final long BUFFER_BYTES = 16L << 20;
    private static final int DELIVERY_TIMEOUT_MILLIS = 30_000;
    private static final int BLOCK_MILLIS = 3_000;

    private final KafkaClients clients;
    private final Semaphore room = new Semaphore(MOST_KIBIBYTES_IN_FLIGHT);
    private KafkaProducer<byte[], byte[]> producer;

    EventPublisher(KafkaClients clients) {
        this.clients = clients;
    }

    /**
     * Publishes values in their order.
     *
     * @throws io.bifocal.core.error.BifocalException UNAVAILABLE where too much is on its way already, or Kafka does not
     *     acknowledge all of it; its values then say how many ({@code acknowledged})
     */
    public void publish(String topic, List<byte[]> values) {
        int kibibytes = values.stream().mapToInt(value -> value.length).sum() / 1024 + 1;
        if (!room.tryAcquire(kibibytes)) {
            throw Errors.of(
                    ErrorCode.UNAVAILABLE,
                    "More events are being published than Kafka takes at the moment; none of these was.",
                    "Send them again after the seconds that Retry-After names.");
        }
        try {
            await(send(topic, values));
        } finally {
            room.release(kibibytes);
        }
    }

    private List<Future<RecordMetadata>> send(String topic, List<byte[]> values) {
        KafkaProducer<byte[], byte[]> open = producer();
        List<Future<RecordMetadata>> sent = new ArrayList<>(values.size());
        values.forEach(value -> sent.add(open.send(new ProducerRecord<>(topic, value))));
        return sent;
    }

    private static void await(List<Future<RecordMetadata>> sent) {
        int acknowledged = 0;
        Throwable failure = null;
        for (Future<RecordMetadata> each : sent) {
            try {
                each.get();
                acknowledged++;
            } catch (ExecutionException notSent) {
                failure = notSent.getCause();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                failure = interrupted;
                break;
            }
        }
        if (failure != null) {
            throw Errors.of(
                    ErrorCode.UNAVAILABLE,
                    "Kafka acknowledged " + acknowledged + " of " + sent.size() + " events: " + failure.getMessage(),
                    "Check that Kafka runs, and send the rest again.",
                    Map.of("acknowledged", acknowledged, "sent", sent.size()));
        }
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
