package io.bifocal.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.KafkaTopic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Publishes archived records again: key, value and headers to the byte, in the order of their partitions, each with headers
 * that say that it is a replay and of what.
 *
 * <p>How far it is, is committed in Kafka in one transaction with the records: whoever goes on after a crash repeats none and
 * leaves none out, for all who read committed records only. The transactional id fences a predecessor that still lives.
 */
final class ReplayJob {
    /** The id of the job that published a record again. */
    static final String REPLAY = "bifocal-replay";

    /** Where the archived record stood: topic id, partition and offset. */
    static final String POSITION = "bifocal-replay-position";

    private static final int RECORDS_AT_ONCE = 5_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Lake lake;
    private final CompiledDefinition definition;
    private final Settings settings;
    private final Monitor monitor;

    /**
     * @param job its id: what it published is found again under it
     * @param kafka properties of every Kafka client
     * @param topic to publish to; made if there is none
     * @param rate records a second; empty: as fast as Kafka takes them
     */
    record Settings(
            String job, Map<String, String> kafka, short replicationFactor, String topic, Optional<Long> rate) {}

    /** By what a range selects records. */
    enum By {
        /** Event time; what is no event has none. */
        EVENT_TIME,
        /** Broker time, quarantined records among them. */
        ARRIVAL
    }

    ReplayJob(Lake lake, CompiledDefinition definition, Settings settings, Monitor monitor) {
        this.lake = lake;
        this.definition = definition;
        this.settings = settings;
        this.monitor = monitor;
    }

    /**
     * Returns, when all is acknowledged, how many records the job published in all of its attempts.
     *
     * @param asked what Kafka had acknowledged when this was asked: what a replay into the model's own topic added is not
     *     replayed by its next attempt
     */
    long run(Extent.Range range, By by, Positions asked) {
        Noted<CommitNote> archived = lake.archive().archived();
        if (archived.equals(Appender.NOTHING)) {
            return 0;
        }
        Dataset<Row> selected = selected(lake.archive().at(archived.version()), range, by);
        createTopic(selected);
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            // First, for it ends what a predecessor left open, and only then its progress is certain.
            producer.initTransactions();
            OffsetAndMetadata progress = progress();
            Positions done = positions(progress.metadata());
            Positions to = asked.withOtherTopics(archived.note().positions());
            Dataset<Row> left = selected.where(ArchiveTable.between(done, to));
            return publish(producer, left, done, progress.offset());
        }
    }

    private Dataset<Row> selected(Dataset<Row> archive, Extent.Range range, By by) {
        if (by == By.ARRIVAL) {
            return archive.where(within(ArchiveSchema.BROKER_TIME, range)).where(functions.not(Erasure.ERASED));
        }
        return new Reading(definition).events(archive, range);
    }

    static Column within(String column, Extent.Range range) {
        return functions.col(column).geq(range.from()).and(functions.col(column).lt(range.to()));
    }

    private long publish(KafkaProducer<byte[], byte[]> producer, Dataset<Row> left, Positions done, long before) {
        long total = left.count();
        int partitions = producer.partitionsFor(settings.topic()).size();
        Iterator<Row> records = left.select(
                        ArchiveSchema.TOPIC_ID,
                        ArchiveSchema.PARTITION,
                        ArchiveSchema.OFFSET,
                        ArchiveSchema.KEY,
                        ArchiveSchema.HEADERS,
                        ArchiveSchema.PAYLOAD)
                .orderBy(ArchiveSchema.TOPIC_ID, ArchiveSchema.PARTITION, ArchiveSchema.OFFSET)
                .toLocalIterator();
        Map<String, Map<Integer, Long>> reached = new TreeMap<>();
        done.asMap().forEach((topic, offsets) -> reached.put(topic, new TreeMap<>(offsets)));
        long atOnce =
                settings.rate().map(rate -> Math.min(rate, RECORDS_AT_ONCE)).orElse((long) RECORDS_AT_ONCE);
        long began = System.nanoTime();
        long published = 0;
        while (records.hasNext()) {
            producer.beginTransaction();
            for (int i = 0; i < atOnce && records.hasNext(); i++) {
                Row row = records.next();
                var unused = producer.send(record(row, partitions));
                reached.computeIfAbsent(row.getString(0), topic -> new TreeMap<>())
                        .put(row.getInt(1), row.getLong(2) + 1);
                published++;
            }
            producer.sendOffsetsToTransaction(
                    Map.of(progressKey(), new OffsetAndMetadata(before + published, text(Positions.of(reached)))),
                    new ConsumerGroupMetadata(group()));
            producer.commitTransaction();
            monitor.report((double) published / total, "published " + (before + published) + " records again");
            keepPace(began, published);
        }
        return before + published;
    }

    private void keepPace(long beganNanos, long published) {
        settings.rate().ifPresent(rate -> {
            long dueNanos = published * 1_000_000_000L / rate - (System.nanoTime() - beganNanos);
            if (dueNanos > 0) {
                monitor.pause(Duration.ofNanos(dueNanos));
            }
        });
    }

    /** In the partition that it was in, where the topic has so many, so that the order stays. */
    private ProducerRecord<byte[], byte[]> record(Row row, int partitions) {
        Integer partition = row.getInt(1) < partitions ? row.getInt(1) : null;
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(settings.topic(), partition, row.getAs(3), row.getAs(5));
        if (!row.isNullAt(4)) {
            for (Row header : row.<Row>getList(4)) {
                record.headers().add(header.getString(0), header.getAs(1));
            }
        }
        record.headers().add(REPLAY, bytes(settings.job()));
        record.headers().add(POSITION, bytes(row.getString(0) + "/" + row.getInt(1) + "/" + row.getLong(2)));
        return record;
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> properties = new HashMap<>(settings.kafka());
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, group());
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void createTopic(Dataset<Row> selected) {
        Row most = selected.agg(functions.max(functions.col(ArchiveSchema.PARTITION)))
                .head();
        int partitions = most.isNullAt(0) ? 1 : most.getInt(0) + 1;
        try (Admin admin = Admin.create(Map.copyOf(settings.kafka()))) {
            KafkaTopic.make(admin, new NewTopic(settings.topic(), partitions, settings.replicationFactor()));
        }
    }

    /** How many records are published, and as metadata up to which positions. */
    private OffsetAndMetadata progress() {
        try (Admin admin = Admin.create(Map.copyOf(settings.kafka()))) {
            OffsetAndMetadata found = admin.listConsumerGroupOffsets(group())
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(progressKey());
            return found == null ? new OffsetAndMetadata(0, text(Positions.NONE)) : found;
        } catch (ExecutionException failure) {
            throw failed(failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw failed(interrupted);
        }
    }

    private RuntimeException failed(Throwable cause) {
        return Errors.of(
                ErrorCode.JOB_FAILED,
                "Cannot publish to the topic " + settings.topic() + ": " + cause.getMessage(),
                "Check that Kafka runs and takes this topic's name, and ask again.",
                cause);
    }

    private String group() {
        return "bifocal-replay-" + settings.job();
    }

    private TopicPartition progressKey() {
        return new TopicPartition(settings.topic(), 0);
    }

    private static String text(Positions positions) {
        try {
            return JSON.writeValueAsString(positions);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Positions positions(String text) {
        try {
            return JSON.readValue(text, Positions.class);
        } catch (JsonProcessingException broken) {
            throw new IllegalStateException("not positions: " + text, broken);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
