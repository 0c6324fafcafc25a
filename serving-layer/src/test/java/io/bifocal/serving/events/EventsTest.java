package io.bifocal.serving.events;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.bifocal.core.cut.Positions;
import io.bifocal.serving.ServerTest;
import io.bifocal.serving.kafka.Topics;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
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
    void refusesWhatItCannotRead() {
        String model = model();
        given().contentType("text/csv")
                .body("a,b".getBytes(UTF_8))
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
