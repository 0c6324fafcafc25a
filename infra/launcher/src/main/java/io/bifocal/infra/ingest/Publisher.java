package io.bifocal.infra.ingest;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Publishes payloads to one topic with one idempotent producer, and knows what was acknowledged and where. */
public final class Publisher implements AutoCloseable {
    /** How long a record may wait for a broker that is restarting. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final SortedMap<Integer, Long> ends = new TreeMap<>();
    private long acknowledged;
    private long failed;
    private Exception firstFailure;

    /** @param client settings of every Kafka client of the platform ({@link KafkaSettings}) */
    public Publisher(Map<String, String> client, String topic) {
        this.topic = topic;
        this.producer = new KafkaProducer<>(settings(client), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static Properties settings(Map<String, String> client) {
        Properties settings = new Properties();
        settings.putAll(client);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Long.toString(PATIENCE.toMillis()));
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(PATIENCE.toMillis()));
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "15000");
        settings.put(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, "2000");
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "2000");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, "10");
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(128 << 10));
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        return settings;
    }

    /** Sends one record; waits while too many are under way. Its acknowledgement comes later. */
    public void publish(byte[] payload) {
        send(payload, this::sent);
    }

    /**
     * The same, for records that Kafka may find too large.
     *
     * @param tooLarge is called, by any thread, when it does; such a record is neither acknowledged nor failed
     */
    public void publish(byte[] payload, Runnable tooLarge) {
        send(payload, (metadata, failure) -> {
            if (failure instanceof RecordTooLargeException) {
                tooLarge.run();
            } else {
                sent(metadata, failure);
            }
        });
    }

    private void send(byte[] payload, Callback callback) {
        try {
            var unused = producer.send(new ProducerRecord<>(topic, payload), callback);
        } catch (RuntimeException refused) {
            callback.onCompletion(null, refused);
        }
    }

    /** Waits until each record is acknowledged or given up. */
    public void flush() {
        producer.flush();
    }

    public synchronized long acknowledged() {
        return acknowledged;
    }

    public synchronized long failed() {
        return failed;
    }

    /** Why the first of the failed records failed; null where none did. */
    public synchronized Exception firstFailure() {
        return firstFailure;
    }

    /** For each partition that took records, the offset after the last of them. */
    public synchronized SortedMap<Integer, Long> ends() {
        return new TreeMap<>(ends);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }

    private synchronized void sent(RecordMetadata metadata, Exception failure) {
        if (failure == null) {
            acknowledged++;
            ends.merge(metadata.partition(), metadata.offset() + 1, Math::max);
        } else {
            failed++;
            firstFailure = firstFailure == null ? failure : firstFailure;
        }
    }
}
