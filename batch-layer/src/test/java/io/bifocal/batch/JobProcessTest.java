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
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.job.Job;
import io.bifocal.core.model.Definition;
import io.bifocal.core.oracle.Oracle.Group;
import io.bifocal.core.oracle.StoredAnswer;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.reconciliation.Restatement;
import io.bifocal.core.view.View;
import io.bifocal.infra.local.LocalCassandra;
import io.bifocal.infra.local.LocalKafka;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.junit.jupiter.api.Test;

/** From Kafka through the archive to a generation in Cassandra, with nothing but the batch layer at work. */
class JobProcessTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PARTITIONS = 2;

    private final String restatements =
            "restatements-" + UUID.randomUUID().toString().substring(0, 8);
    private final Config config = Config.of(
            Map.of(
                    "cassandra.contact-points",
                    LocalCassandra.contactPoint(),
                    "kafka.bootstrap-servers",
                    LocalKafka.bootstrapServers(),
                    "archive.uri",
                    Local.archiveUri(),
                    "home",
                    Local.HOME.toString(),
                    "restatements.topic",
                    restatements),
            Map.of());
    private final Definition definition = Shop.definition();
    private final String model = definition.model().name();
    private final CassandraConnection cassandra = CassandraConnection.shared(config);
    private final JobStore jobs = new JobStore(cassandra, Clock.systemUTC());
    private final ReconciliationStore restated = new ReconciliationStore(cassandra);
    private final ArchiveStore progress = new ArchiveStore(cassandra);

    @Test
    void publishesAGenerationOfAllThatWasAskedForThoughNoSpeedJobRuns() throws Exception {
        Positions archived = archiveOrders();

        Job job = jobs.create(Job.Type.RECOMPUTE, model, Map.of("positions", archived.asMap()), Optional.empty());
        int exit = new JobProcess(config, jobs, "owner", Duration.ZERO).run(job.id());

        Job done = jobs.find(job.id()).orElseThrow();
        assertThat(done.error()).isEmpty();
        assertThat(done.state()).isEqualTo(Job.State.SUCCEEDED);
        assertThat(exit).isZero();
        assertThat(done.result()).containsEntry("generation", 1).containsEntry("records", 203);
        Manifest manifest = new CassandraManifestStore(cassandra).read(model).orElseThrow();
        assertThat(manifest.generation().cut()).isEqualTo(archived);
        assertThat(manifest.pins()).isEmpty();
        assertThat(ordersOf(manifest)).isEqualTo(200);
        assertThat(new QuarantineStore(cassandra).count(model)).isEqualTo(3);
        assertThat(progress.counts(model).stream()
                        .mapToLong(count -> count.archived() + count.quarantined())
                        .sum())
                .isEqualTo(203);
        assertThat(restated.summaries(model))
                .singleElement()
                .matches(summary ->
                        summary.restatements() == 0 && summary.fault().isEmpty());

        for (int shard = 0; shard < 2; shard++) {
            cassandra
                    .session()
                    .execute(
                            "DELETE FROM view_rows WHERE model = '%s' AND part = '%s' AND view_name = 'by_country' AND day = %d AND shard = %d"
                                    .formatted(
                                            model,
                                            manifest.generation().part(),
                                            LocalDate.parse("2024-03-01").toEpochDay(),
                                            shard));
        }
        Job full = jobs.create(
                Job.Type.RECOMPUTE, model, Map.of("positions", archived.asMap(), "full", true), Optional.empty());
        assertThat(new JobProcess(config, jobs, "owner", Duration.ZERO).run(full.id()))
                .isZero();

        Reconciliation found = restated.summaries(model).get(0);
        assertThat(found.generation()).isEqualTo(2);
        assertThat(found.unexplained()).isEqualTo(4);
        assertThat(restated.moves(model, found, Optional.of(Cause.UNEXPLAINED), move -> true, 10))
                .hasSize(4)
                .anyMatch(move -> move.metric().equals("orders")
                        && move.before().isNull()
                        && move.after().asLong() == 200);
        assertThat(jobs.find(full.id()).orElseThrow().result()).containsEntry("unexplained", 4);
        assertThat(Topic.read(restatements))
                .hasSize(4)
                .allMatch(record -> text(record.headers()
                                .lastHeader(TopicRestatementBooks.PUBLICATION)
                                .value())
                        .equals(found.id()))
                .anyMatch(record -> text(record.key())
                                .contains("\"model\":\"" + model + "\",\"rollup\":\"by_country\",\"metric\":\"orders\"")
                        && Restatement.of(text(record.value())).after().asLong() == 200);
    }

    @Test
    void saysWhyAJobFailedAndWhatToDo() {
        Job job = jobs.create(Job.Type.RECOMPUTE, "nobodys", Map.of(), Optional.empty());

        int exit = new JobProcess(config, jobs, "owner", Duration.ZERO).run(job.id());

        Job done = jobs.find(job.id()).orElseThrow();
        assertThat(exit).isEqualTo(1);
        assertThat(done.state()).isEqualTo(Job.State.FAILED);
        assertThat(done.error().orElseThrow()).contains("no model nobodys").contains("Apply the model first.");
    }

    @Test
    void leavesAJobAloneThatSomebodyElseHolds() {
        Job job = jobs.create(Job.Type.RECOMPUTE, model, Map.of(), Optional.empty());
        jobs.claim(job.id(), "somebody", Duration.ofMinutes(1));

        assertThat(new JobProcess(config, jobs, "owner", Duration.ZERO).run(job.id()))
                .isEqualTo(2);
        assertThat(jobs.find(job.id()).orElseThrow().owner()).contains("somebody");
    }

    @Test
    void stopsWaitingWhenItIsCancelled() {
        new ModelCatalog(cassandra, Clock.systemUTC()).put(definition);
        Positions never = Positions.of("a-topic", Map.of(0, 1L));
        Job job = jobs.create(Job.Type.RECOMPUTE, model, Map.of("positions", never.asMap()), Optional.empty());
        List<Integer> exits = new ArrayList<>();
        Thread process =
                new Thread(() -> exits.add(new JobProcess(config, jobs, "owner", Duration.ofDays(1)).run(job.id())));
        process.start();
        await().atMost(PATIENCE)
                .until(() -> jobs.find(job.id()).orElseThrow().message().contains("waiting for the archiver"));

        jobs.requestCancel(job.id());

        await().atMost(PATIENCE).until(() -> !process.isAlive());
        assertThat(exits).containsExactly(1);
        assertThat(jobs.find(job.id()).orElseThrow().state()).isEqualTo(Job.State.CANCELLED);
    }

    private Positions archiveOrders() throws Exception {
        new ModelCatalog(cassandra, Clock.systemUTC()).put(definition);
        Local.createTopic(model, PARTITIONS);
        List<String> lines = new ArrayList<>(IntStream.range(0, 200)
                .mapToObj("{\"id\":\"o%1$d\",\"at\":\"2024-03-01T10:00:00Z\",\"amount\":%1$d}"::formatted)
                .toList());
        lines.addAll(List.of("", "[]", "{}"));
        Local.publish(model, PARTITIONS, lines);
        ModelArchiver archiver = new ModelArchiver(
                Local.SPARK,
                new ModelArchiver.Settings(
                        Local.archiveUri(),
                        Local.kafka(),
                        Local.HOME.resolve("tmp").resolve(model),
                        100,
                        1000),
                new CassandraBooks(cassandra),
                Clock.systemUTC());
        StreamingQuery query = archiver.start(definition);
        await().atMost(PATIENCE)
                .until(() -> progress.counts(model).stream()
                                .mapToLong(count -> count.archived() + count.quarantined())
                                .sum()
                        == lines.size());
        query.stop();
        return new ArchiveTable(Local.SPARK, Local.archiveUri(), model)
                .log()
                .newest()
                .orElseThrow()
                .note()
                .positions();
    }

    private long ordersOf(Manifest manifest) {
        View daily = View.of(definition).get(1);
        Map<Group, List<StoredAnswer.Value>> answer =
                StoredAnswer.of(new CassandraViewStore(cassandra), manifest, daily);
        return answer.values().stream()
                .mapToLong(values -> (Long) values.get(0).result())
                .sum();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
