package io.bifocal.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bifocal.core.cut.Hole;
import io.bifocal.core.cut.InMemoryManifestStore;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.oracle.StoredAnswer;
import io.bifocal.core.view.View;
import io.bifocal.spark.KafkaTopic;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private static final Duration PATIENCE = Duration.ofMinutes(4);
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
    void archivesWhatTransactionsCommitAndReachesTheEndBehindTheirMarks() throws Exception {
        Local.createTopic(model, 1);
        Map<String, Object> settings = new HashMap<>(Local.kafka());
        settings.put("transactional.id", model);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(model, orders(0, 1).get(0))).get();
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(model, orders(1, 2).get(0))).get();
            producer.abortTransaction();
        }

        StreamingQuery query = archiver().start(definition);
        Positions end = Positions.of(topicId(), Map.of(0, 4L));
        await().atMost(PATIENCE).until(() -> books.progress(model)
                .filter(at -> at.positions().equals(end))
                .isPresent());
        query.stop();

        assertThat(books.counted()).isEqualTo(1);
        assertThat(Local.SPARK.read().format("delta").load(archive.uri()).count())
                .isEqualTo(1);
    }

    @Test
    void notesAtOnceWhatKafkaDeletedAndWhatAFormerTopicTookWithIt() throws Exception {
        Local.createTopic(model, 1);
        Local.publish(model, 1, orders(0, 10));
        Local.deleteBefore(model, 10);
        books.answersCount(Positions.of("former", Map.of(0, 5L)));

        StreamingQuery query = archiver().start(definition);
        query.stop();

        CommitNote note = archive.log().newest().orElseThrow().note();
        assertThat(note.lost()).containsExactlyInAnyOrder(new Hole(topicId(), 0, 0, 10), new Hole("former", 0, 0, 5));
        assertThat(books.progress(model).orElseThrow().positions())
                .isEqualTo(note.positions())
                .isEqualTo(Positions.of(Map.of(topicId(), Map.of(0, 10L), "former", Map.of(0, 5L))));
    }

    @Test
    void countsFromTheArchiveWhatKafkaDeletedBeforeItWasCounted() throws Exception {
        Local.createTopic(model, 1);
        Local.publish(model, 1, orders(0, 100));
        StreamingQuery query = archiver().start(definition);
        await().atMost(PATIENCE).until(() -> books.counted() == 100);
        query.stop();
        ManifestStore manifests = new InMemoryManifestStore();
        manifests.create(Manifest.initial(model, DefinitionJson.hash(definition), Instant.now()));
        try (Admin admin = Admin.create(Map.copyOf(Local.kafka()))) {
            Gaps gaps = new Gaps(Local.SPARK, Local.archiveUri(), admin, books, manifests, () -> World.VIEWS);
            assertThat(gaps.bridge(model, hash -> Optional.of(definition)))
                    .as("while Kafka holds everything")
                    .isFalse();

            Local.deleteBefore(model, 60);
            assertThat(gaps.bridge(model, hash -> Optional.of(definition))).isTrue();
            assertThat(gaps.bridge(model, hash -> Optional.of(definition)))
                    .as("once there is no gap")
                    .isFalse();
        }
        Manifest bridged = manifests.read(model).orElseThrow();
        assertThat(bridged.end()).isEqualTo(Positions.of(topicId(), Map.of(0, 60L)));
        assertThat(bridged.chain()).singleElement().satisfies(part -> {
            assertThat(part.kind()).isEqualTo(Part.Kind.ARCHIVE);
            assertThat(part.records()).isEqualTo(60);
            assertThat(part.holes()).isEmpty();
        });
        View ledger = View.of(definition, View.LEDGER);
        assertThat(StoredAnswer.of(World.VIEWS, bridged, ledger).values().stream()
                        .mapToLong(values -> (Long) values.get(0).result())
                        .sum())
                .isEqualTo(60);
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
