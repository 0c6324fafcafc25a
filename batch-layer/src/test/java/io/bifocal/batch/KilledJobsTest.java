package io.bifocal.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bifocal.cassandra.ArchiveStore;
import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.CassandraManifestStore;
import io.bifocal.cassandra.CassandraViewStore;
import io.bifocal.cassandra.JobStore;
import io.bifocal.cassandra.ModelCatalog;
import io.bifocal.cassandra.QuarantineStore;
import io.bifocal.cassandra.ReconciliationStore;
import io.bifocal.core.config.Config;
import io.bifocal.core.config.SparkJvm;
import io.bifocal.core.cut.Candidate;
import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.job.Job;
import io.bifocal.core.job.JobOwner;
import io.bifocal.core.ledger.ArchiveCount;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.oracle.StoredAnswer;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.infra.local.JavaCommand;
import io.bifocal.infra.local.LocalCassandra;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.PartialsTask;
import io.bifocal.spark.SourceRecord;
import io.bifocal.spark.TaskSummary;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Each kind of job as a process of its own, killed at work and started once more. One history: each test goes on. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KilledJobsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int PARTITIONS = 2;
    private static final int EVENTS = 240;
    private static final int DAYS = 24;
    private static final String VICTIM = "Atlantis7731";
    private static final Definition DEFINITION = Shop.definition();
    private static final Definition CHANGED = Shop.redefined(DEFINITION);
    private static final String MODEL = DEFINITION.model().name();
    private static final List<byte[]> PAYLOADS = new ArrayList<>();
    private static Positions archived;

    private final Config config = Config.of(
            Map.of(
                    "cassandra.contact-points",
                    LocalCassandra.contactPoint(),
                    "kafka.bootstrap-servers",
                    Local.kafka().get("bootstrap.servers"),
                    "archive.uri",
                    Local.archiveUri(),
                    "home",
                    Local.HOME.toString(),
                    "spark.master",
                    "local[2]",
                    "speed.patience-seconds",
                    "1",
                    "collect.grace-seconds",
                    "2",
                    "backfill.records-per-chunk",
                    "1"),
            Map.of());
    private final CassandraConnection cassandra = CassandraConnection.shared(config);
    private final JobStore jobs = new JobStore(cassandra, Clock.systemUTC());
    private final CassandraManifestStore manifests = new CassandraManifestStore(cassandra);
    private final CassandraViewStore views = new CassandraViewStore(cassandra);
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void archive() throws Exception {
        if (archived == null) {
            new ModelCatalog(cassandra, Clock.systemUTC()).put(DEFINITION);
            publish();
            archived = archiveAll();
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    @Order(1)
    void recompute() throws Exception {
        Job done = killed(Job.Type.RECOMPUTE, Map.of(), job -> manifest().pins().stream()
                .anyMatch(pin -> pin.owner().equals(job.id())));
        assertThat(done.result()).containsEntry("generation", 1);
        assertThat(orders(DEFINITION)).isEqualTo(EVENTS);
        assertThat(manifest().pins()).isEmpty();
    }

    @Test
    @Order(2)
    void replay() throws Exception {
        String copy = MODEL + "_copy";
        Map<String, Object> spec =
                Map.of("from", "2024-03-01", "to", "2024-03-21", "toTopic", copy, "rate", 30, "by", "event");
        Job done = killed(Job.Type.REPLAY, spec, job -> job.message().startsWith("published"));

        assertThat(done.result()).containsEntry("published", EVENTS * 20 / DAYS);
        List<ConsumerRecord<byte[], byte[]>> records = Topic.read(copy);
        assertThat(records).hasSize(EVENTS * 20 / DAYS);
        assertThat(records.stream().map(KilledJobsTest::position).distinct()).hasSameSizeAs(records);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            String[] position = position(record).split("/", -1);
            int index = Integer.parseInt(position[2]) * PARTITIONS + Integer.parseInt(position[1]);
            assertThat(record.value()).isEqualTo(PAYLOADS.get(index));
            assertThat(record.key()).isEqualTo(key(index));
            assertThat(text(record.headers().lastHeader("origin"))).isEqualTo("till " + index);
            assertThat(text(record.headers().lastHeader(ReplayJob.REPLAY))).isEqualTo(done.id());
        }
    }

    @Test
    @Order(3)
    void backfill() throws Exception {
        new ModelCatalog(cassandra, Clock.systemUTC()).put(CHANGED);
        Job done = killed(
                Job.Type.BACKFILL,
                Map.of("promote", true),
                job -> manifest()
                        .candidate()
                        .filter(each -> !each.covered().isEmpty())
                        .isPresent(),
                job -> inForce(CHANGED));

        // The process that had computed the days was killed before it told what moved.
        assertThat(done.result())
                .containsEntry("restated", 0) // no rollup means the same under both definitions
                .containsEntry("unexplained", 0)
                .doesNotContainKey("days");
        assertThat(manifest().definition()).isEqualTo(DefinitionJson.hash(CHANGED));
        assertThat(manifest().candidate()).isEqualTo(Optional.<Candidate>empty());
        assertThat(orders(CHANGED)).isEqualTo(EVENTS / 2);
        assertThat(done.result()).containsEntry("released", 0).containsEntry("quarantined", EVENTS / 2);
        assertVerdicts(EVENTS / 2);
    }

    @Test
    @Order(4)
    void rollback() throws Exception {
        Set<String> before = Set.copyOf(views.parts(MODEL));
        Job done = killed(
                Job.Type.ROLLBACK,
                Map.of("generation", 1),
                job -> !before.containsAll(views.parts(MODEL)),
                job -> inForce(DEFINITION));
        assertThat(done.result()).containsEntry("generation", 1).containsEntry("unexplained", 0);
        assertThat(manifest().definition()).isEqualTo(DefinitionJson.hash(DEFINITION));
        assertThat(orders(DEFINITION)).isEqualTo(EVENTS);
        assertThat(done.result()).containsEntry("released", EVENTS / 2).containsEntry("quarantined", 0);
        assertVerdicts(EVENTS);
    }

    /** The archive, the quarantine and the ledger agree on how many records are events. */
    private void assertVerdicts(long events) {
        long quarantined = archived.minus(Positions.NONE) - events;
        Dataset<Row> archive = new ArchiveTable(Local.SPARK, Local.archiveUri(), MODEL).newest();
        assertThat(archive.where("reason IS NULL AND event IS NOT NULL").count())
                .as("archived as events")
                .isEqualTo(events);
        assertThat(archive.where("reason IS NOT NULL AND event IS NULL").count())
                .as("archived as quarantined")
                .isEqualTo(quarantined);
        assertThat(new QuarantineStore(cassandra).count(MODEL)).isEqualTo(quarantined);
        List<ArchiveCount> counts = new ArchiveStore(cassandra).counts(MODEL);
        assertThat(counts.stream().mapToLong(ArchiveCount::archived).sum())
                .as("archived in the ledger")
                .isEqualTo(events);
        assertThat(counts.stream().mapToLong(ArchiveCount::quarantined).sum())
                .as("quarantined in the ledger")
                .isEqualTo(quarantined);
    }

    @Test
    @Order(5)
    void reconcile() throws Exception {
        countOneMore("FR");
        Job done = killed(
                Job.Type.RECONCILE,
                Map.of(),
                job -> manifest().pins().stream().anyMatch(pin -> pin.owner().equals(job.id())),
                job -> counted(Part.Kind.LIVE) == 0);

        // What moved was told of the process that died; the one after it found nothing to compare.
        assertThat(done.result()).isEqualTo(Map.of("restated", 0, "unexplained", 0));
        assertThat(counted(Part.Kind.ARCHIVE)).isPositive();
        assertThat(orders(DEFINITION)).isEqualTo(EVENTS + 1);
        assertThat(new ReconciliationStore(cassandra).summaries(MODEL).stream().filter(each -> each.occasion()
                        .equals("reconcile")))
                .allSatisfy(told -> {
                    assertThat(told.fault()).isEmpty();
                    assertThat(told.restatements()).isZero();
                })
                .extracting(told -> told.drift().isEmpty())
                .containsExactly(true, false);
        assertThat(manifest().pins()).isEmpty();
    }

    /** How many records parts of a kind hold. */
    private long counted(Part.Kind kind) {
        return manifest().chain().stream()
                .filter(part -> part.kind() == kind)
                .mapToLong(Part::records)
                .sum();
    }

    @Test
    @Order(6)
    void erasure() throws Exception {
        Path lake = Path.of(URI.create(Local.archiveUri())).resolve(MODEL);
        CassandraFiles files = CassandraFiles.ofThisJvm();
        countOneMore(VICTIM);
        assertThat(orders(DEFINITION)).isEqualTo(EVENTS + 2);
        LiveRun beside = join("beside");
        Positions next = archived.max(Positions.of(topicId(), Map.of(0, archived.offset(topicId(), 0) + 1)));
        write(
                beside.next(),
                record(0, archived.offset(topicId(), 0), order(1, "C1").getBytes(StandardCharsets.UTF_8)));
        files.rewrite(cassandra);
        Path former = lake.resolve("gold/of_an_earlier_definition/part-0.parquet");
        Files.createDirectories(former.getParent());
        Files.writeString(former, VICTIM);
        assertThat(holding(lake)).as("files of the archive, before").hasSizeGreaterThan(1);
        assertThat(holding(files.data())).as("files of Cassandra, before").isNotEmpty();
        long quarantined = new QuarantineStore(cassandra).count(MODEL);
        StructType schema = new ArchiveTable(Local.SPARK, Local.archiveUri(), MODEL).schema();

        Job done = killed(Job.Type.ERASE, Map.of("column", "country", "value", VICTIM), job -> job.progress() >= 0.3);

        assertThat(done.result().get("records")).isEqualTo(EVENTS / 10 + 2);
        assertThat(done.result().get("remains").toString()).contains("Kafka topic " + MODEL);
        assertThat(done.spec().get("value").toString()).startsWith("sha256:");
        assertThat(orders(DEFINITION)).isEqualTo(EVENTS + 1 - EVENTS / 10);
        assertThat(beside.commit(archived, next, 1, Instant.now()))
                .as("a micro-batch whose rows were written before the erasure")
                .isTrue();
        assertThat(orders(DEFINITION)).isEqualTo(EVENTS + 2 - EVENTS / 10);
        assertThat(manifest().kept()).isEmpty();
        assertThat(new QuarantineStore(cassandra).count(MODEL)).isEqualTo(quarantined - 1);
        assertThat(new ArchiveTable(Local.SPARK, Local.archiveUri(), MODEL).schema())
                .isEqualTo(schema);
        assertThat(records()).as("positions that the archive has").isEqualTo(archived.minus(Positions.NONE));
        files.rewrite(cassandra);
        assertThat(holding(lake)).as("files of the archive and the gold tables").isEmpty();
        assertThat(holding(files.data())).as("files of Cassandra").isEmpty();
    }

    /** Somebody orders once more; a speed job counts it, and is gone. */
    private void countOneMore(String country) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            send(producer, order(0, country));
        }
        archived = archiveAll();
        int index = PAYLOADS.size() - 1;
        LiveRun run = join("run");
        write(run.next(), record(index % PARTITIONS, index / PARTITIONS, PAYLOADS.get(index)));
        assertThat(run.commit(run.end(), archived, 1, Instant.now())).isTrue();
    }

    private LiveRun join(String run) {
        ManifestEditor editor = new ManifestEditor(manifests, Clock.systemUTC());
        return LiveRun.join(editor, views, MODEL, DefinitionJson.hash(DEFINITION), run, 1);
    }

    private static String topicId() {
        return archived.asMap().firstKey();
    }

    private static SourceRecord record(int partition, long offset, byte[] payload) {
        return new SourceRecord(topicId(), partition, offset, System.currentTimeMillis(), payload);
    }

    private void write(LiveRun.Slot slot, SourceRecord record) {
        TaskSummary summary = new PartialsTask(CompiledDefinition.of(DEFINITION))
                .run(List.of(record).iterator(), slot.batch(), 0, rows -> views.write(MODEL, slot.part(), rows));
        views.writeIndex(
                MODEL,
                slot.part(),
                summary.days().stream()
                        .map(day -> new PartDay(day.view(), day.day(), slot.part(), day.rows()))
                        .toList());
    }

    /** The job, which was killed at each of these points, one after the other, and succeeded in the end. */
    @SafeVarargs
    private Job killed(Job.Type type, Map<String, Object> spec, Predicate<Job>... points) throws Exception {
        Map<String, Object> asked = new TreeMap<>(spec);
        asked.put("positions", archived.asMap());
        Job job = jobs.create(type, MODEL, asked, Optional.empty());
        for (Predicate<Job> point : points) {
            Process victim = start(job);
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
                assertThat(victim.isAlive()).as(log(job)).isTrue();
                return point.test(jobs.find(job.id()).orElseThrow());
            });
            victim.destroyForcibly().waitFor();
            assertThat(jobs.find(job.id()).orElseThrow().state()).isEqualTo(Job.State.RUNNING);
        }
        Process last = start(job);
        await().atMost(PATIENCE).until(() -> !last.isAlive());
        Job done = jobs.find(job.id()).orElseThrow();
        assertThat(done.state()).as(log(job)).isEqualTo(Job.State.SUCCEEDED);
        return done;
    }

    private Process start(Job job) throws IOException {
        Path file = Local.HOME.resolve("killed.properties");
        Properties properties = new Properties();
        properties.putAll(config.asMap());
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        List<String> options = new ArrayList<>(SparkJvm.options());
        options.addAll(
                List.of("-Xmx768m", "-D" + Config.FILE_PROPERTY + "=" + file, "-D" + JobOwner.PROPERTY + "=killed"));
        Process process = new ProcessBuilder(JavaCommand.likeThisJvm(JobProcess.class, options, job.id())
                        .line())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        Local.HOME.resolve(job.id() + ".log").toFile()))
                .start();
        processes.add(process);
        return process;
    }

    private static String log(Job job) {
        try {
            Path log = Local.HOME.resolve(job.id() + ".log");
            String text = Files.exists(log) ? Files.readString(log) : "";
            return job.type() + ":\n" + text.substring(Math.max(0, text.length() - 6_000));
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    private static void publish() {
        Local.createTopic(MODEL, PARTITIONS);
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (int i = 0; i < EVENTS; i++) {
                send(producer, order(i, i % 10 == 0 ? VICTIM : "C" + i % 3));
            }
            send(producer, "{\"id\":\"broken\",\"country\":\"" + VICTIM + "\"}");
            send(producer, "{\"id\":\"broken too\"}");
            producer.flush();
        }
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(Map.copyOf(Local.kafka()), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static String order(int number, String country) {
        // Half of the amounts are whole numbers.
        String amount = number % 2 == 0 ? Integer.toString(number) : number + ".5";
        return "{\"id\":\"o%d\", \"at\":\"2024-03-%02dT10:00:00Z\",\"country\":\"%s\",\"amount\":\"%s\"}"
                .formatted(number, 1 + number % DAYS, country, amount);
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String payload) {
        int index = PAYLOADS.size();
        PAYLOADS.add(payload.getBytes(StandardCharsets.UTF_8));
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(MODEL, index % PARTITIONS, key(index), PAYLOADS.get(index));
        record.headers().add("origin", ("till " + index).getBytes(StandardCharsets.UTF_8));
        var unused = producer.send(record);
    }

    private static byte[] key(int index) {
        return index % 4 == 0 ? null : new byte[] {(byte) index, 0, (byte) 0xff};
    }

    private Positions archiveAll() throws Exception {
        ModelArchiver archiver = new ModelArchiver(
                Local.SPARK,
                new ModelArchiver.Settings(
                        Local.archiveUri(),
                        Local.kafka(),
                        Local.HOME.resolve("tmp").resolve(MODEL),
                        100,
                        1000),
                new CassandraBooks(cassandra),
                Clock.systemUTC());
        StreamingQuery query = archiver.start(DEFINITION);
        ArchiveStore progress = new ArchiveStore(cassandra);
        await().atMost(PATIENCE)
                .until(() -> progress.counts(MODEL).stream()
                                .mapToLong(count -> count.archived() + count.quarantined())
                                .sum()
                        == PAYLOADS.size());
        query.stop();
        return progress.progress(MODEL).orElseThrow().positions();
    }

    private Manifest manifest() {
        return manifests.read(MODEL).orElseGet(() -> Manifest.initial(MODEL, "", Instant.EPOCH));
    }

    private boolean inForce(Definition definition) {
        return manifest().definition().equals(DefinitionJson.hash(definition));
    }

    private long orders(Definition definition) {
        View view = View.of(definition).get(1);
        return StoredAnswer.of(views, manifest(), view).values().stream()
                .mapToLong(values -> (Long) values.get(0).result())
                .sum();
    }

    private static long records() {
        return new ArchiveTable(Local.SPARK, Local.archiveUri(), MODEL)
                .newest()
                .select(ArchiveSchema.PARTITION, ArchiveSchema.OFFSET)
                .distinct()
                .count();
    }

    private static String position(ConsumerRecord<byte[], byte[]> record) {
        return text(record.headers().lastHeader(ReplayJob.POSITION));
    }

    private static String text(Header header) {
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Files whose bytes hold the erased value. */
    private static List<Path> holding(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        try {
                            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(VICTIM);
                        } catch (IOException gone) {
                            return false;
                        }
                    })
                    .toList();
        }
    }
}
