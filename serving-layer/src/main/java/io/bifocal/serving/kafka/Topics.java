package io.bifocal.serving.kafka;

import io.bifocal.core.config.Config;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Topics of the models, as they are in Kafka now. */
@Singleton
public class Topics {
    private static final long TIMEOUT_MILLIS = 5_000;
    private static final long LOOK_MILLIS = 20;

    private final KafkaClients clients;
    private final Config config;

    Topics(KafkaClients clients, Config config) {
        this.clients = clients;
        this.config = config;
    }

    /**
     * The offsets after the last record of each partition that no open transaction holds back, by topic name; topics that do
     * not exist are left out.
     *
     * @throws io.bifocal.core.error.BifocalException UNAVAILABLE where Kafka does not answer in time
     */
    public Map<String, Positions> ends(Collection<String> names) {
        if (names.isEmpty()) {
            return Map.of();
        }
        Admin admin = clients.admin();
        Map<String, TopicDescription> topics = describe(admin, names);
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        topics.forEach((name, topic) -> topic.partitions()
                .forEach(partition -> asked.put(new TopicPartition(name, partition.partition()), OffsetSpec.latest())));
        Map<String, Map<Integer, Long>> offsets = new HashMap<>();
        await(admin.listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .all())
                .forEach((partition, end) -> offsets.computeIfAbsent(partition.topic(), name -> new TreeMap<>())
                        .put(partition.partition(), end.offset()));
        Map<String, Positions> ends = new HashMap<>();
        offsets.forEach((name, partitions) ->
                ends.put(name, Positions.of(topics.get(name).topicId().toString(), partitions)));
        return ends;
    }

    /** The offsets after the last record of one topic; {@link Positions#NONE} where there is no such topic. */
    public Positions end(String name) {
        return ends(List.of(name)).getOrDefault(name, Positions.NONE);
    }

    /**
     * Makes a topic, with broker time, unless there is one of this name; returns when each of its partitions has a leader that
     * knows it. DANGER: an idempotent producer loses its first records to a partition whose leader does not know it yet
     * (KAFKA-15591).
     */
    public void create(String name) {
        int partitions = config.number(Config.Key.KAFKA_PARTITIONS);
        NewTopic topic = new NewTopic(name, partitions, (short) config.number(Config.Key.KAFKA_REPLICATION_FACTOR))
                .configs(Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"));
        Admin admin = clients.admin();
        KafkaFuture<Void> created = admin.createTopics(List.of(topic)).all();
        try {
            created.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            awaitLeaders(admin, name, partitions);
        } catch (ExecutionException refused) {
            if (!(refused.getCause() instanceof TopicExistsException)) {
                throw unavailable(refused.getCause());
            }
        } catch (TimeoutException slow) {
            throw unavailable(slow);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unavailable(interrupted);
        }
    }

    /** Brokers learn of a new topic some time after it was made, and the client does not ask again for one that is unknown. */
    private static void awaitLeaders(Admin admin, String name, int partitions)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> latest = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(name, partition))
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
        while (true) {
            try {
                var unused = admin.listOffsets(latest).all().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
                return;
            } catch (ExecutionException failure) {
                if (!(failure.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > deadline) {
                    throw failure;
                }
                Thread.sleep(LOOK_MILLIS);
            }
        }
    }

    private static Map<String, TopicDescription> describe(Admin admin, Collection<String> names) {
        Map<String, TopicDescription> found = new HashMap<>();
        admin.describeTopics(names).topicNameValues().forEach((name, future) -> {
            try {
                found.put(name, future.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS));
            } catch (ExecutionException failure) {
                if (!(failure.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw unavailable(failure.getCause());
                }
            } catch (TimeoutException slow) {
                throw unavailable(slow);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw unavailable(interrupted);
            }
        });
        return found;
    }

    private static <T> T await(KafkaFuture<T> future) {
        try {
            return future.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            throw unavailable(failure.getCause());
        } catch (TimeoutException slow) {
            throw unavailable(slow);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unavailable(interrupted);
        }
    }

    /** That time ran out is said by client libraries in terms of their own. */
    private static String why(Throwable cause) {
        return cause instanceof TimeoutException
                        || cause instanceof org.apache.kafka.common.errors.TimeoutException
                        || cause.getMessage() == null
                ? " in time"
                : ": " + cause.getMessage();
    }

    private static RuntimeException unavailable(Throwable cause) {
        return Errors.of(
                ErrorCode.UNAVAILABLE,
                "Kafka does not answer" + why(cause) + ".",
                "Try again in a moment; if it stays so, check that Kafka runs.",
                cause);
    }
}
