package io.bifocal.batch;

import io.bifocal.core.error.BifocalException;
import io.bifocal.spark.KafkaTopic;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The id that a topic has now; empty where Kafka cannot tell, or there is none at the moment. Kafka is asked every few seconds
 * at most: whoever waits asks all the time.
 */
final class CurrentTopic implements Supplier<Optional<String>> {
    private static final long LOOK_NANOS = Duration.ofSeconds(5).toNanos();

    private final Map<String, String> kafka;
    private final String name;
    private Optional<String> id = Optional.empty();
    private Optional<Long> looked = Optional.empty();

    /** @param kafka properties of every Kafka client */
    CurrentTopic(Map<String, String> kafka, String name) {
        this.kafka = kafka;
        this.name = name;
    }

    @Override
    public Optional<String> get() {
        if (looked.isEmpty() || System.nanoTime() - looked.get() > LOOK_NANOS) {
            try {
                id = Optional.of(KafkaTopic.read(kafka, name).id());
            } catch (BifocalException away) {
                id = Optional.empty();
            }
            looked = Optional.of(System.nanoTime());
        }
        return id;
    }
}
