package io.bifocal.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.core.cut.InMemoryManifestStore;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.PartId;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.ledger.LedgerAudit;
import io.bifocal.core.ledger.LedgerFault;
import io.bifocal.core.ledger.LedgerFault.Where;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.KafkaTopic;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ledger against a real archive and a real topic, in which records go missing. */
class ArchiveAuditTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final Definition definition = Shop.definition();
    private final String model = definition.model().name();
    private final Lake lake = new Lake(Local.SPARK, Local.archiveUri(), model);
    private final BooksInMemory books = new BooksInMemory();
    private final ManifestStore manifests = new InMemoryManifestStore();
    private final ManifestEditor editor = new ManifestEditor(manifests, Clock.systemUTC());
    private final Admin admin = Admin.create(Map.copyOf(Local.kafka()));
    private String topicId;

    /** An aborted transaction, a committed one, and plain records: 11 records, and 4 offsets without one. */
    @BeforeEach
    void archiveSomeRecords() throws Exception {
        Local.createTopic(model, 1);
        topicId = KafkaTopic.read(admin, model).id();
        manifests.create(Manifest.initial(model, DefinitionJson.hash(definition), Instant.now()));
        transaction(2, false);
        transaction(8, true);
        Local.publish(model, 1, orders(3));
        archiveUpTo(15);
    }

    @AfterEach
    void close() {
        admin.close();
    }

    @Test
    void balancesOverTransactions() {
        count(15);

        LedgerAudit audit = audit();

        assertThat(audit.faults()).isEmpty();
        assertThat(audit.missingFiles()).isEmpty();
        assertThat(books.audit()).isEqualTo(audit);
    }

    @Test
    void namesTheRangeOfAFileThatIsGoneWhetherKafkaHasItsRecordsOrNot() throws Exception {
        Local.publish(model, 1, orders(30));
        archiveUpTo(45);
        count(45);
        Dataset<Row> file = fileOf(44);
        long from = file.agg(functions.min("offset")).head().getLong(0);
        Path path = Path.of(URI.create(file.inputFiles()[0]));
        Files.delete(path);

        LedgerFault expected = new LedgerFault(Where.ARCHIVE, topicId, 0, from, 45, 45 - from, 0);
        LedgerAudit audit = audit();
        assertThat(audit.faults()).containsExactly(expected);
        assertThat(audit.missingFiles()).containsExactly(path.getFileName().toString());

        Local.deleteBefore(model, 45);
        assertThat(audit().faults()).contains(expected);
    }

    @Test
    void archivesAgainWhatKafkaStillHoldsOfAFileThatIsGone() throws Exception {
        Local.publish(model, 1, orders(30));
        archiveUpTo(45);
        count(45);
        List<Row> before = archived();
        Files.delete(Path.of(URI.create(fileOf(44).inputFiles()[0])));
        Files.delete(Path.of(URI.create(fileOf(5).inputFiles()[0])));

        assertThat(repair(Positions.NONE)).isPositive();

        assertThat(archived()).isEqualTo(before);
        assertThat(audit().faults()).isEmpty();
        assertThat(audit().missingFiles()).isEmpty();
        assertThat(repair(Positions.NONE)).isZero();
        Local.publish(model, 1, orders(2));
        archiveUpTo(47);
        assertThat(archived()).hasSize(before.size() + 2);
    }

    @Test
    void archivesNothingAgainThatKafkaHoldsNoMoreOrThatAnErasureMayHaveTakenOut() throws Exception {
        Local.publish(model, 1, orders(30));
        archiveUpTo(45);
        Files.delete(Path.of(URI.create(fileOf(44).inputFiles()[0])));
        long version = lake.archive().archived().version();

        assertThatThrownBy(() -> repair(at(45))).hasMessageContaining("as they were before an erasure");
        Local.deleteBefore(model, 45);
        assertThatThrownBy(() -> repair(Positions.NONE)).hasMessageContaining("Kafka holds 0 of their");
        assertThat(lake.archive().log().rewritten(version)).isEqualTo(version);
    }

    @Test
    void namesTheRangeThatViewsSkip() {
        Local.publish(model, 1, orders(30));
        archiveUpTo(45);
        count(15);
        editor.apply(
                model,
                (manifest, now) -> manifest.bridge(
                        Part.archive(PartId.next("skip", 1), manifest.end(), at(45), manifest.version(), 30, now),
                        manifest.definition(),
                        now));

        assertThat(audit().faults()).containsExactly(new LedgerFault(Where.VIEWS, topicId, 0, 15, 45, 30, 0));
    }

    private long repair(Positions erased) {
        return new ArchiveRepair(lake, CompiledDefinition.of(definition), Local.kafka(), () -> List.of(erased)).run();
    }

    private List<Row> archived() {
        return lake.archive()
                .newest()
                .drop(ArchiveSchema.HEADERS, ArchiveSchema.KEY)
                .withColumn(
                        ArchiveSchema.PAYLOAD,
                        functions.col(ArchiveSchema.PAYLOAD).cast("string"))
                .orderBy(ArchiveSchema.OFFSET)
                .collectAsList();
    }

    private LedgerAudit audit() {
        return new Auditor(Local.SPARK, Local.archiveUri(), Local.kafka(), admin, books, manifests, World.VIEWS)
                .audit(definition)
                .orElseThrow();
    }

    /** Puts records into views, as far as an offset. */
    private void count(long offset) {
        Noted<CommitNote> archived = lake.archive().log().newest().orElseThrow();
        Manifest manifest = manifests.read(model).orElseThrow();
        assertThat(new Bridges(lake, CompiledDefinition.of(definition), editor, () -> World.VIEWS)
                        .append(manifest, at(offset), archived))
                .isTrue();
    }

    private void archiveUpTo(long offset) {
        ModelArchiver archiver = new ModelArchiver(
                Local.SPARK,
                new ModelArchiver.Settings(
                        Local.archiveUri(),
                        Local.kafka(),
                        Local.HOME.resolve("tmp").resolve(model),
                        100,
                        300),
                books,
                Clock.systemUTC());
        try {
            StreamingQuery query = archiver.start(definition);
            await().atMost(PATIENCE).until(() -> books.progress(model)
                    .filter(reached -> reached.positions().covers(at(offset)))
                    .isPresent());
            query.stop();
        } catch (TimeoutException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private Dataset<Row> fileOf(long offset) {
        Dataset<Row> records =
                Local.SPARK.read().format("delta").load(lake.archive().uri());
        String file = records.where("offset = " + offset)
                .select(functions.input_file_name())
                .head()
                .getString(0);
        return Local.SPARK.read().parquet(file);
    }

    private Positions at(long offset) {
        return Positions.of(topicId, Map.of(0, offset));
    }

    private void transaction(int records, boolean commit) {
        Map<String, Object> settings = new HashMap<>(Local.kafka());
        settings.put("transactional.id", model);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            orders(records).forEach(order -> {
                var unused = producer.send(new ProducerRecord<>(model, order));
            });
            producer.flush();
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }

    private static List<String> orders(int number) {
        return IntStream.range(0, number)
                .mapToObj(i -> "{\"id\":\"o%d\",\"at\":\"2024-03-01T10:00:00Z\",\"country\":\"FR\",\"amount\":1.50}"
                        .formatted(i))
                .toList();
    }
}
