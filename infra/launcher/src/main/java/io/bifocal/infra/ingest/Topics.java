package io.bifocal.infra.ingest;

import io.bifocal.core.config.Config;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** Topics of models, as they are in Kafka. */
public final class Topics implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Admin admin;
    private final int partitions;
    private final short replicas;

    private Topics(Admin admin, int partitions, short replicas) {
        this.admin = admin;
        this.partitions = partitions;
        this.replicas = replicas;
    }

    public static Topics of(Config config) {
        Properties settings = new Properties();
        settings.putAll(KafkaSettings.of(config));
        settings.put("reconnect.backoff.max.ms", "1000");
        return new Topics(Admin.create(settings), config.number(Config.Key.KAFKA_PARTITIONS), (short)
                config.number(Config.Key.KAFKA_REPLICATION_FACTOR));
    }

    /**
     * Makes a topic with broker time, unless there is one of this name; returns when each of its partitions has a leader that
     * knows it. DANGER: an idempotent producer loses its first records to a partition whose leader does not know it yet
     * (KAFKA-15591).
     */
    public void create(String name) {
        NewTopic topic = new NewTopic(name, partitions, replicas)
                .configs(Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"));
        try {
            await(admin.createTopics(List.of(topic)).all());
            await(admin.listOffsets(IntStream.range(0, partitions)
                            .mapToObj(partition -> new TopicPartition(name, partition))
                            .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest())))
                    .all());
        } catch (ExecutionException refused) {
            if (!(refused.getCause() instanceof TopicExistsException)) {
                throw unavailable(refused.getCause());
            }
        }
    }

    /**
     * The id of a topic, which one that is made later under the same name does not share.
     *
     * @throws io.bifocal.core.error.BifocalException UNAVAILABLE where Kafka does not answer in time
     */
    public String id(String name) {
        try {
            return await(admin.describeTopics(List.of(name)).topicNameValues().get(name))
                    .topicId()
                    .toString();
        } catch (ExecutionException failure) {
            throw unavailable(failure.getCause());
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }

    private static <T> T await(KafkaFuture<T> future) throws ExecutionException {
        try {
            return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            throw unavailable(slow);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unavailable(interrupted);
        }
    }

    private static RuntimeException unavailable(Throwable cause) {
        return Errors.of(
                ErrorCode.UNAVAILABLE,
                "Kafka does not do what it was asked: " + cause,
                "Check with ./bifocal status that it runs.",
                cause);
    }
}
