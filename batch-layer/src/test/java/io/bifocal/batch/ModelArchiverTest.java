package io.bifocal.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.spark.KafkaTopic;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.junit.jupiter.api.Test;

class ModelArchiverTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTITIONS = 2;

    private final Definition definition = Shop.definition();
    private final String model = definition.model().name();
    private final BooksInMemory books = new BooksInMemory();
    private final ArchiveTable archive = new ArchiveTable(Local.SPARK, Local.archiveUri(), model);

    @Test
    void archivesEveryRecordOnceOverAFailureBetweenCommitAndPublication() throws Exception {
        Local.createTopic(model, PARTITIONS);
        Local.publish(model, PARTITIONS, orders(0, 500));
        books.failNextPublications(1);
        StreamingQuery first = archiver().start(definition);
        await().atMost(PATIENCE).until(() -> failed(first));
        Local.publish(model, PARTITIONS, orders(500, 700));

        StreamingQuery second = archiver().start(definition);
        await().atMost(PATIENCE).until(() -> books.counted() == 700);
        second.stop();

        Dataset<Row> records = Local.SPARK.read().format("delta").load(archive.uri());
        assertThat(records.count()).isEqualTo(700);
        assertThat(records.select("topic_id", "partition", "offset").distinct().count())
                .isEqualTo(700);
        Positions positions = archive.log().newest().orElseThrow().note().positions();
        assertThat(positions).isEqualTo(Positions.of(topicId(), Map.of(0, 350L, 1, 350L)));
        assertThat(books.progress(model).orElseThrow().positions()).isEqualTo(positions);
    }

    @Test
    void quarantinesWhatDoesNotParseWithItsReasonAndPosition() throws Exception {
        Local.createTopic(model, PARTITIONS);
        List<String> lines = new ArrayList<>(orders(0, 96));
        lines.addAll(List.of("no json", "{\"id\":\"a\"}", "{\"id\":\"b\",\"at\":\"yesterday\"}", ""));
        Local.publish(model, PARTITIONS, lines);

        StreamingQuery query = archiver().start(definition);
        await().atMost(PATIENCE).until(() -> books.counted() == 100);
        query.stop();

        assertThat(books.quarantined()).isEqualTo(4);
        assertThat(books.quarantine.values()).hasSize(4).allSatisfy(record -> {
            assertThat(record.reason()).isNotBlank();
            assertThat(record.offset()).isBetween(48L, 49L);
        });
        assertThat(books.quarantine.values()).extracting(record -> record.raw()).contains("no json");
        Dataset<Row> records = Local.SPARK.read().format("delta").load(archive.uri());
        assertThat(records.where("reason is null and event.country = 'FR' and event_time is not null")
                        .count())
                .isEqualTo(48);
        assertThat(records.where("reason is not null and event is null").count())
                .isEqualTo(4);
    }

    @Test
    void reachesTheEndOfAPartitionThatEndsWithATransactionsMark() throws Exception {
        Local.createTopic(model, 1);
        Map<String, Object> settings = new HashMap<>(Local.kafka());
        settings.put("transactional.id", model);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(model, orders(0, 1).get(0))).get();
            producer.commitTransaction();
        }

        StreamingQuery query = archiver().start(definition);
        await().atMost(PATIENCE).until(() -> books.counted() == 1);
        query.stop();

        Positions positions = archive.log().newest().orElseThrow().note().positions();
        assertThat(positions).isEqualTo(Positions.of(topicId(), Map.of(0, 2L)));
    }

    private ModelArchiver archiver() {
        return new ModelArchiver(
                Local.SPARK,
                new ModelArchiver.Settings(
                        Local.archiveUri(),
                        Local.kafka(),
                        Local.HOME.resolve("tmp").resolve(model),
                        100,
                        300),
                books,
                Clock.systemUTC());
    }

    private String topicId() {
        try (Admin admin = Admin.create(Map.copyOf(Local.kafka()))) {
            return KafkaTopic.read(admin, model).id();
        }
    }

    private static boolean failed(StreamingQuery query) {
        try {
            return query.awaitTermination(100);
        } catch (StreamingQueryException failure) {
            return true;
        }
    }

    private static List<String> orders(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(
                        i -> "{\"id\":\"o%d\",\"at\":\"2024-03-%02dT10:%02d:00Z\",\"country\":\"%s\",\"amount\":%d.50}"
                                .formatted(i, 1 + i % 28, i % 60, i % 2 == 0 ? "FR" : "DE", i))
                .toList();
    }
}
