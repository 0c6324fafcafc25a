package io.bifocal.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * A topic as it is now in Kafka.
 *
 * @param id which a topic of the same name, made after this one was deleted, does not share
 * @param beginnings the first offset that each partition still holds
 */
public record KafkaTopic(String name, String id, SortedMap<Integer, Long> beginnings) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LEADERS_WITHIN = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(20);

    /**
     * Reads it once.
     *
     * @param kafka properties of every Kafka client, with the bootstrap servers
     */
    public static KafkaTopic read(Map<String, String> kafka, String name) {
        try (Admin admin = Admin.create(Map.copyOf(kafka))) {
            return read(admin, name);
        }
    }

    public static KafkaTopic read(Admin admin, String name) {
        TopicDescription description = wait(name, describe(admin, name));
        SortedMap<Integer, Long> beginnings =
                offsets(admin, description, OffsetSpec.earliest(), new ListOffsetsOptions());
        return new KafkaTopic(name, description.topicId().toString(), beginnings);
    }

    /**
     * The offsets after the last record of each partition of a topic that no open transaction holds back; {@link
     * Positions#NONE} where there is no such topic.
     */
    public static Positions end(Admin admin, String name) {
        try {
            TopicDescription description = wait(name, describe(admin, name));
            ListOffsetsOptions committed = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
            return Positions.of(
                    description.topicId().toString(), offsets(admin, description, OffsetSpec.latest(), committed));
        } catch (BifocalException fault) {
            if (fault.getCause() instanceof UnknownTopicOrPartitionException) {
                return Positions.NONE;
            }
            throw fault;
        }
    }

    private static SortedMap<Integer, Long> offsets(
            Admin admin, TopicDescription topic, OffsetSpec which, ListOffsetsOptions options) {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (TopicPartitionInfo partition : topic.partitions()) {
            asked.put(new TopicPartition(topic.name(), partition.partition()), which);
        }
        SortedMap<Integer, Long> offsets = new TreeMap<>();
        wait(topic.name(), admin.listOffsets(asked, options).all())
                .forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
        return offsets;
    }

    /**
     * Asks whether the topic of this name is still this one: offsets say nothing once it was deleted and made again.
     *
     * @return to be run when the answer is needed; throws where it is another, or Kafka cannot be asked
     */
    public Runnable sameness(Admin admin) {
        KafkaFuture<TopicDescription> asked = describe(admin, name);
        return () -> {
            String now = wait(name, asked).topicId().toString();
            if (!now.equals(id)) {
                throw Errors.of(
                        ErrorCode.UNAVAILABLE,
                        "Topic " + name + " was deleted and made again: it was " + id + " and is " + now + ".",
                        "Nothing is to be done: reading starts again from the new topic's beginning.");
            }
        };
    }

    /** Where to start reading, for Spark's {@code startingOffsets}: at these positions, or where a partition begins. */
    public String startingOffsets(Positions positions) {
        SortedMap<Integer, Long> offsets = new TreeMap<>();
        beginnings.forEach(
                (partition, beginning) -> offsets.put(partition, Math.max(beginning, positions.offset(id, partition))));
        try {
            return JSON.writeValueAsString(Map.of(name, offsets));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** These positions, moved on to where Spark's offsets (its JSON) say. */
    public Positions advance(Positions positions, String sparkOffsets) {
        try {
            Map<String, Map<Integer, Long>> offsets = JSON.readValue(sparkOffsets, new TypeReference<>() {});
            return positions.max(Positions.of(id, offsets.getOrDefault(name, Map.of())));
        } catch (JsonProcessingException notOffsets) {
            throw new IllegalStateException("not offsets: " + sparkOffsets, notOffsets);
        }
    }

    /** These positions, moved on over what Kafka has deleted; themselves where it has all that follows. */
    public Positions overDeleted(Positions positions) {
        return positions.max(Positions.of(id, beginnings));
    }

    /**
     * These positions, moved on over all that has to be counted and that Kafka cannot supply: what was deleted, and what an
     * archive holds of former topics of this name.
     */
    public Positions overMissing(Positions counted, Positions archived) {
        return overDeleted(counted).max(archived.without(id));
    }

    /** The same, only as far as the archive has it; {@code counted} itself where there is nothing to be had. */
    public Positions bridgeable(Positions counted, Positions archived) {
        return counted.max(archived.min(overMissing(counted, archived)));
    }

    /**
     * For how long Kafka keeps records of a topic; empty where it keeps them for ever.
     *
     * @throws io.bifocal.core.error.BifocalException UNAVAILABLE where it cannot be asked
     */
    public static Optional<Duration> retention(Admin admin, String name) {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
        String millis = wait(
                        name, admin.describeConfigs(List.of(topic)).values().get(topic))
                .get(TopicConfig.RETENTION_MS_CONFIG)
                .value();
        return Optional.of(Duration.ofMillis(Long.parseLong(millis))).filter(kept -> !kept.isNegative());
    }

    /**
     * Makes a topic, unless there is one of its name; returns when each of its partitions has a leader that knows it. DANGER:
     * an idempotent producer loses its first records to a partition whose leader does not know it yet (KAFKA-15591).
     *
     * @throws io.bifocal.core.error.BifocalException UNAVAILABLE where Kafka does not
     */
    public static void make(Admin admin, NewTopic topic) {
        try {
            wait(topic.name(), admin.createTopics(List.of(topic)).values().get(topic.name()));
            awaitLeaders(admin, topic);
        } catch (BifocalException fault) {
            if (!(fault.getCause() instanceof TopicExistsException)) {
                throw fault;
            }
        }
    }

    /** Brokers learn of a new topic some time after it was made, and the client does not ask again for one that is unknown. */
    private static void awaitLeaders(Admin admin, NewTopic topic) {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int partition = 0; partition < topic.numPartitions(); partition++) {
            asked.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
        }
        long deadline = System.nanoTime() + LEADERS_WITHIN.toNanos();
        while (true) {
            try {
                var unused = wait(topic.name(), admin.listOffsets(asked).all());
                return;
            } catch (BifocalException failure) {
                if (!(failure.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > deadline) {
                    throw failure;
                }
                LockSupport.parkNanos(LOOK.toNanos());
            }
        }
    }

    private static KafkaFuture<TopicDescription> describe(Admin admin, String name) {
        return admin.describeTopics(List.of(name)).topicNameValues().get(name);
    }

    private static <T> T wait(String topic, KafkaFuture<T> asked) {
        try {
            return asked.get();
        } catch (ExecutionException failure) {
            throw unreachable(topic, failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unreachable(topic, interrupted);
        }
    }

    private static RuntimeException unreachable(String topic, Throwable cause) {
        return Errors.of(
                ErrorCode.UNAVAILABLE,
                "Kafka does not give topic " + topic + ": " + cause.getMessage(),
                "Check that Kafka runs, and that the topic exists or may be made.",
                cause);
    }
}
