package io.bifocal.serving.operation;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.ledger.ArchiveCount;
import io.bifocal.core.ledger.ArchiveProgress;
import io.bifocal.core.ledger.LedgerAudit;
import io.bifocal.core.ledger.LedgerFault;
import io.bifocal.core.ledger.Quarantined;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.view.PartialsBuilder;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.serving.ServerTest;
import io.bifocal.serving.kafka.Topics;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
class LedgerTest extends ServerTest {
    private final Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS);

    @Inject
    Topics topics;

    @Test
    void isBalancedWhenArchiveAndQuarantineHoldWhatWasRead() {
        String model = withOneCountedAndOneQuarantined();
        archive(model, 1, 1);
        given().get("/api/v1/models/" + model + "/ledger")
                .then()
                .statusCode(200)
                .body("balanced", is(true))
                .body("data", hasSize(1))
                .body("data[0].hour", equalTo(hour.toString()))
                .body("data[0].read", equalTo(2))
                .body("data[0].archived", equalTo(1))
                .body("data[0].quarantined", equalTo(1))
                .body("data[0].counted", equalTo(1))
                .body("data[0].atRest", is(true));
    }

    @Test
    void isNotBalancedWhenTheArchiveLacksARecord() {
        String model = withOneCountedAndOneQuarantined();
        archive(model, 1, 0);
        given().get("/api/v1/models/" + model + "/ledger").then().body("balanced", is(false));
    }

    @Test
    void isNotBalancedWhenAnAuditFoundRecordsMissingAndTellsPrometheus() {
        String model = withOneCountedAndOneQuarantined();
        archive(model, 1, 1);
        storage.archive()
                .writeAudit(
                        model,
                        new LedgerAudit(
                                hour,
                                1,
                                1,
                                List.of("part-0.parquet"),
                                List.of(new LedgerFault(LedgerFault.Where.ARCHIVE, "topic", 0, 3, 10, 7, 0))));
        given().get("/api/v1/models/" + model + "/ledger")
                .then()
                .body("balanced", is(false))
                .body("faults", hasSize(1))
                .body("faults[0].where", equalTo("ARCHIVE"))
                .body("faults[0].partition", equalTo(0))
                .body("faults[0].from", equalTo(3))
                .body("faults[0].to", equalTo(10))
                .body("auditedAt", equalTo(hour.toString()));
        await().atMost(90, SECONDS).until(() -> given().get("/q/metrics")
                .body()
                .asString()
                .contains("bifocal_ledger_imbalance_records{model=\"" + model + "\",partition=\"0\"} 7.0"));
    }

    @Test
    void takesLagForNoImbalance() {
        String model = withOneCountedAndOneQuarantined();
        given().get("/api/v1/models/" + model + "/ledger")
                .then()
                .body("balanced", is(true))
                .body("data[0].archived", equalTo(0))
                .body("data[0].atRest", is(false));
    }

    @Test
    void showsQuarantinedRecords() {
        String model = model();
        storage.quarantine().write(model, List.of(new Quarantined("topic", 0, 7, hour, "not JSON", "broken")));
        given().get("/api/v1/models/" + model + "/quarantine?limit=5")
                .then()
                .statusCode(200)
                .body("total", equalTo(1))
                .body("data[0].offset", equalTo(7))
                .body("data[0].reason", equalTo("not JSON"))
                .body("data[0].raw", equalTo("broken"));
        given().get("/api/v1/models/" + model + "/quarantine?limit=x").then().statusCode(422);
    }

    /** Two records in Kafka, and in a committed micro-batch of a run. */
    private String withOneCountedAndOneQuarantined() {
        String model = model();
        given().contentType("application/x-ndjson")
                .body("{}\n{}".getBytes(UTF_8))
                .post("/api/v1/events/" + model)
                .then()
                .statusCode(202);
        Definition definition = definition(yaml(model));
        Positions end = topics.end(model);
        PartialsBuilder partials = new PartialsBuilder(definition);
        partials.record(topicId(end), 0, hour.toEpochMilli(), false);
        partials.record(topicId(end), 0, hour.toEpochMilli(), true);
        LiveRun run = LiveRun.join(
                new ManifestEditor(storage.manifests(), Clock.systemUTC()),
                storage.views(),
                model,
                DefinitionJson.hash(definition),
                "run",
                16);
        List<ViewRow> rows = partials.drain(true, run.next().batch(), 0);
        String part = run.next().part();
        storage.views().write(model, part, rows);
        storage.views()
                .writeIndex(
                        model,
                        part,
                        List.of(new PartDay(View.LEDGER, rows.get(0).day(), part, rows.size())));
        run.commit(Positions.NONE, end, 2, hour);
        return model;
    }

    private void archive(String model, long archived, long quarantined) {
        Positions end = topics.end(model);
        storage.archive()
                .writeCounts(
                        model,
                        1,
                        List.of(new ArchiveCount(topicId(end), 0, hour.getEpochSecond(), archived, quarantined)));
        storage.archive().publish(model, new ArchiveProgress(end, 1, hour));
    }

    private static String topicId(Positions positions) {
        return positions.asMap().firstKey();
    }
}
