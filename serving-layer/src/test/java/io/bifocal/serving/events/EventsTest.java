package io.bifocal.serving.events;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.bifocal.core.cut.Positions;
import io.bifocal.serving.Paused;
import io.bifocal.serving.ServerTest;
import io.bifocal.serving.kafka.Topics;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@QuarkusTest
class EventsTest extends ServerTest {
    private static final String EVENT = "{\"at\":\"2026-01-01T00:00:00Z\",\"page\":\"/\"}";

    @Inject
    Topics topics;

    @Test
    void publishesTheGoodLinesAndNamesTheOthers() {
        String model = model();
        given().contentType("application/x-ndjson")
                .body((EVENT + "\n\nbroken\n" + EVENT + "\r\n[1]").getBytes(UTF_8))
                .post("/api/v1/events/" + model)
                .then()
                .statusCode(202)
                .body("accepted", equalTo(2))
                .body("rejected.line", equalTo(List.of(3, 5)));
        assertThat(topics.end(model).minus(Positions.NONE)).isEqualTo(2);
    }

    @Test
    void takesOneObjectAndCloudEvents() {
        String model = model();
        given().contentType("application/json")
                .body(EVENT)
                .post("/api/v1/events/" + model)
                .then()
                .statusCode(202);
        String envelope =
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"data\":" + EVENT + "}";
        given().contentType("application/cloudevents+json")
                .body(envelope.getBytes(UTF_8))
                .post("/api/v1/events/" + model)
                .then()
                .statusCode(202)
                .body("accepted", equalTo(1));
        given().contentType("application/cloudevents-batch+json")
                .body(("[" + envelope + ", {\"specversion\":\"1.0\"}]").getBytes(UTF_8))
                .post("/api/v1/events/" + model)
                .then()
                .statusCode(202)
                .body("accepted", equalTo(1))
                .body("rejected[0].line", equalTo(2));
        assertThat(topics.end(model).minus(Positions.NONE)).isEqualTo(3);
    }

    @Test
    void takesACloudEventWhoseAttributesAreHeaders() {
        String model = model();
        given().contentType("application/json")
                .header("ce-specversion", "1.0")
                .header("ce-id", "1")
                .header("ce-source", "/here")
                .header("ce-type", "visit")
                .body(EVENT)
                .post("/api/v1/events/" + model)
                .then()
                .statusCode(202)
                .body("accepted", equalTo(1));
        given().contentType("application/json")
                .header("ce-specversion", "1.0")
                .header("ce-id", "1")
                .body(EVENT)
                .post("/api/v1/events/" + model)
                .then()
                .statusCode(400)
                .body("detail", containsString("ce-source"));
        given().contentType("application/cloudevents+json")
                .body("{\"specversion\":\"1.0\"}".getBytes(UTF_8))
                .post("/api/v1/events/" + model)
                .then()
                .statusCode(400)
                .body("detail", containsString("id is missing"));
        assertThat(topics.end(model).minus(Positions.NONE)).isEqualTo(1);
    }

    @Test
    void rejectsTheLineThatIsTooLongAndRefusesTooManyLines() {
        String model = model();
        String large = "{\"page\":\"" + "x".repeat(1_000_000) + "\"}";
        given().contentType("application/x-ndjson")
                .body((EVENT + "\n" + large + "\n" + EVENT).getBytes(UTF_8))
                .post("/api/v1/events/" + model)
                .then()
                .statusCode(202)
                .body("accepted", equalTo(2))
                .body("rejected.line", equalTo(List.of(2)))
                .body("rejected[0].reason", containsString("larger than"));
        given().contentType("application/x-ndjson")
                .body("{}\n".repeat(100_001).getBytes(UTF_8))
                .post("/api/v1/events/" + model)
                .then()
                .statusCode(413);
        assertThat(topics.end(model).minus(Positions.NONE)).isEqualTo(2);
    }

    /** Three of these bodies are more than may be on its way to Kafka at once. */
    @Test
    void asksToComeBackWhileKafkaIsSilentAndLosesNothingThatItAccepted() throws Exception {
        String model = model();
        given().contentType("application/json").body(EVENT).post("/api/v1/events/" + model);
        String line = "{\"at\":\"2026-01-01T00:00:00Z\",\"page\":\"" + "x".repeat(1_000) + "\"}\n";
        byte[] body = line.repeat(7_500).getBytes(UTF_8);
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(RestAssured.baseURI + ":" + RestAssured.port + "/api/v1/events/" + model))
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        Paused.kafka(() -> {
            IntStream.range(0, 5)
                    .mapToObj(i -> HttpClient.newHttpClient().sendAsync(request, BodyHandlers.ofString()))
                    .forEach(answers::add);
            await().atMost(60, SECONDS)
                    .until(() ->
                            answers.stream().filter(CompletableFuture::isDone).count() >= 2);
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                if (answer.isDone()) {
                    assertThat(answer.get().statusCode()).isEqualTo(503);
                    assertThat(answer.get().headers().firstValue("Retry-After")).isPresent();
                    assertThat(answer.get().body()).contains("none of these was");
                }
            }
        });
        int taken = 0;
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            taken += answer.get(60, SECONDS).statusCode() == 202 ? 1 : 0;
        }
        assertThat(taken).isPositive();
        assertThat(topics.end(model).minus(Positions.NONE)).isEqualTo(1 + taken * 7_500L);
    }

    @Test
    void refusesWhatItCannotRead() throws IOException, InterruptedException {
        String model = model();
        given().contentType("text/csv")
                .body("a,b".getBytes(UTF_8))
                .post("/api/v1/events/" + model)
                .then()
                .statusCode(415);
        assertThat(postBare("/api/v1/events/" + model, EVENT.getBytes(UTF_8)).statusCode())
                .isEqualTo(415);
        given().contentType("application/json")
                .header("Content-Encoding", "br")
                .body(EVENT)
                .post("/api/v1/events/" + model)
                .then()
                .statusCode(415);
        given().contentType("application/json")
                .body("[]")
                .post("/api/v1/events/" + model)
                .then()
                .statusCode(400);
        given().contentType("application/json")
                .body(EVENT)
                .post("/api/v1/events/none")
                .then()
                .statusCode(404);
    }

    @Test
    void isSeenAsLagUntilItIsCounted() {
        String model = model();
        given().contentType("application/json")
                .body(EVENT)
                .post("/api/v1/events/" + model)
                .then()
                .statusCode(202);
        given().get("/api/v1/status")
                .then()
                .statusCode(200)
                .body("models.find { it.model == '" + model + "' }.lagEvents", equalTo(1));
        await().atMost(20, SECONDS)
                .untilAsserted(() -> assertThat(given().get("/q/metrics").asString())
                        .contains("bifocal_model_lag_events{model=\"" + model + "\"} 1.0"));
    }
}
