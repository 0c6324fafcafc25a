package io.bifocal.serving.alert;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.bifocal.core.ledger.ArchiveCount;
import io.bifocal.core.reconciliation.Drift;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.serving.RealServers;
import io.bifocal.serving.ServerTest;
import io.bifocal.serving.catalog.ModelApplication.Outcome;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class AlertsTest extends ServerTest {
    private static final String ALERTS = "alerts: {quarantine: 0.4, metrics: {visits: {drift: 0.1}}}\n";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Queue<JsonNode> received = new ConcurrentLinkedQueue<>();
    private final Set<String> refusedOnce = ConcurrentHashMap.newKeySet();
    private HttpServer receiver;

    @BeforeEach
    void listen() throws IOException {
        int port = Integer.getInteger(RealServers.ALERTS_PORT);
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        receiver.createContext("/alerts", this::receive);
        receiver.start();
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
    }

    @Test
    void tellsAWebhookThatLiveViewsDriftAndThatTheyDoNoMore() {
        String model = model();
        assertThat(application.put(definition(yaml(model) + ALERTS)).outcome()).isEqualTo(Outcome.CHANGED);
        given().get("/api/v1/models/" + model)
                .then()
                .body("alerts.alert", contains("quarantine", "drift"))
                .body("alerts.metric", contains(null, "visits"))
                .body("alerts[1].threshold", equalTo(0.1f));
        awaitState(model, "unexplained", "OK");
        given().get("/api/v1/models/" + model + "/alerts")
                .then()
                .statusCode(200)
                .body("data.alert", contains("quarantine", "drift", "unexplained", "uncompared"))
                .body("data[1].state", equalTo("UNKNOWN"))
                .body("data[1].value", nullValue());
        assertThat(gauge(model, "drift", "visits")).isEmpty();

        refusedOnce.add(model);
        compared(model, "1", 2);
        awaitState(model, "drift", "FIRING");
        JsonNode fired = message(model, "firing");
        assertThat(refusedOnce).isEmpty();
        assertMessage(fired, model);
        await().atMost(60, SECONDS).until(() -> gauge(model, "drift", "visits").equals(Optional.of(1.0)));
        assertThat(gauge(model, "unexplained", "")).contains(0.0);

        compared(model, "2", 0);
        JsonNode resolved = message(model, "resolved").at("/alerts/0");
        assertThat(resolved.path("status").asText()).isEqualTo("resolved");
        assertThat(resolved.path("startsAt")).isEqualTo(fired.at("/alerts/0/startsAt"));
        assertThat(resolved.path("fingerprint")).isEqualTo(fired.at("/alerts/0/fingerprint"));
        assertThat(Instant.parse(resolved.path("endsAt").asText()))
                .isAfter(Instant.parse(resolved.path("startsAt").asText()));
        awaitState(model, "drift", "OK");
    }

    @Test
    void firesWhereTooManyRecordsCannotBeRead() {
        String model = unique();
        application.put(definition(yaml(model) + ALERTS));
        long hour = Instant.now().truncatedTo(ChronoUnit.HOURS).getEpochSecond();
        storage.archive().writeCounts(model, 1, List.of(new ArchiveCount("topic", 0, hour, 1, 1)));

        awaitState(model, "quarantine", "FIRING");

        given().get("/api/v1/models/" + model + "/alerts").then().body("data[0].value", equalTo(0.5f));
        assertThat(message(model, "firing")
                        .at("/alerts/0/annotations/description")
                        .asText())
                .startsWith("Measured: 0.5; threshold: 0.4. ./bifocal quarantine " + model);
    }

    /** Nor was anything counted since this server began to watch, so how long they wait is known by seeing them wait. */
    @Test
    void firesWhereRecordsWaitAndNothingCountsThem() {
        String model = unique();
        application.put(definition(yaml(model) + "alerts: {lag: 1, freshness: 1s}\n"));
        given().contentType("application/x-ndjson")
                .body("{}\n{}".getBytes(UTF_8))
                .post("/api/v1/events/" + model)
                .then()
                .statusCode(202);

        awaitState(model, "lag", "FIRING");
        awaitState(model, "freshness", "FIRING");
        given().get("/api/v1/models/" + model + "/alerts").then().body("data[0].value", equalTo(2f));
    }

    @Test
    void tellsOfPublicationsThatCouldNotBeComparedWithoutAThreshold() {
        String model = model();
        storage.reconciliations()
                .publish(
                        model,
                        new Reconciliation(
                                "1", Instant.now(), 2, "generation", 0, Map.of(), List.of(), Optional.of("torn")));

        assertThat(message(model, "firing").at("/alerts/0/labels/alertname").asText())
                .isEqualTo("BifocalUncompared");
    }

    @Test
    void knowsNoAlertsOfAModelThatIsNone() {
        given().get("/api/v1/models/nobody/alerts").then().statusCode(404);
    }

    private static void assertMessage(JsonNode message, String model) {
        assertThat(message.path("version").asText()).isEqualTo("4");
        assertThat(message.path("receiver").asText()).isEqualTo("bifocal");
        assertThat(message.path("groupKey").asText()).isEqualTo("{}:{model=\"" + model + "\"}");
        assertThat(message.path("groupLabels")).isEqualTo(JSON.valueToTree(Map.of("model", model)));
        assertThat(message.path("truncatedAlerts").asInt(-1)).isZero();
        assertThat(message.path("externalURL").asText()).startsWith("http://");
        assertThat(message.path("alerts")).hasSize(1);
        JsonNode alert = message.at("/alerts/0");
        assertThat(alert.path("status").asText()).isEqualTo("firing");
        assertThat(alert.path("labels"))
                .isEqualTo(message.path("commonLabels"))
                .isEqualTo(JSON.valueToTree(Map.of(
                        "alertname", "BifocalDrift", "model", model, "metric", "visits", "severity", "warning")));
        assertThat(alert.path("annotations")).isEqualTo(message.path("commonAnnotations"));
        assertThat(alert.at("/annotations/summary").asText())
                .isEqualTo(model + ": live views of visits were off by 0.5 of what the archive says");
        assertThat(alert.at("/annotations/description").asText())
                .startsWith("Measured: 0.5; threshold: 0.1. ")
                .contains("./bifocal drift " + model);
        assertThat(alert.at("/annotations/runbook").asText()).isEqualTo("docs/OPERATIONS.md#alerts");
        assertThat(Instant.parse(alert.path("startsAt").asText())).isBefore(Instant.now());
        assertThat(alert.path("endsAt").asText()).isEqualTo("0001-01-01T00:00:00Z");
        assertThat(alert.path("generatorURL").asText()).endsWith("/api/v1/models/" + model + "/alerts");
        assertThat(alert.path("fingerprint").asText()).matches("[0-9a-f]{16}");
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode message = JSON.readTree(exchange.getRequestBody());
            boolean refused =
                    refusedOnce.remove(message.at("/groupLabels/model").asText());
            if (!refused) {
                received.add(message);
            }
            exchange.sendResponseHeaders(refused ? 503 : 200, -1);
        }
    }

    /** The latest of a model that has this status, once there is one. */
    private JsonNode message(String model, String status) {
        return await().atMost(90, SECONDS)
                .until(
                        () -> received.stream()
                                .filter(message -> message.at("/groupLabels/model")
                                                .asText()
                                                .equals(model)
                                        && message.path("status").asText().equals(status))
                                .reduce((earlier, later) -> later),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static void awaitState(String model, String alert, String state) {
        await().atMost(120, SECONDS).untilAsserted(() -> given().get("/api/v1/models/" + model + "/alerts")
                .then()
                .body("data.findAll { it.alert == '" + alert + "' }.state", hasItem(state)));
    }

    private static Optional<Double> gauge(String model, String alert, String metric) {
        String series = "bifocal_alert{alert=\"%s\",metric=\"%s\",model=\"%s\"} ".formatted(alert, metric, model);
        return given().get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(series))
                .map(line -> Double.valueOf(line.substring(series.length())))
                .findFirst();
    }

    /** A publication whose live views counted so many visits too many, of four. */
    private void compared(String model, String id, double wrong) {
        storage.reconciliations()
                .publish(
                        model,
                        new Reconciliation(
                                id,
                                Instant.now(),
                                1,
                                "generation",
                                0,
                                Map.of(),
                                List.of(new Drift("by_page", "visits", 4, 0, 0, 1, 0, 0, wrong, 4, 0)),
                                Optional.empty()));
    }
}
