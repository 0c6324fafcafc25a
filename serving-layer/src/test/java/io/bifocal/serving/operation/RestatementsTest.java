package io.bifocal.serving.operation;

import static io.restassured.RestAssured.given;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Drift;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.reconciliation.Restatement;
import io.bifocal.core.reconciliation.Restatement.Contribution;
import io.bifocal.serving.ServerTest;
import io.quarkus.test.junit.QuarkusTest;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@QuarkusTest
class RestatementsTest extends ServerTest {
    private static final Instant AT = Instant.parse("2026-01-02T02:00:00Z");

    @Test
    void showsTheLatestFirstAndSumsUpAllCauses() {
        String model = model();
        publish(model, "1", moves(1_500, Cause.DUPLICATES_REMOVED), 1);
        publish(model, "2", moves(2, Cause.LATE_EVENTS), 2);

        given().get("/api/v1/models/" + model + "/restatements?limit=1502")
                .then()
                .statusCode(200)
                .body("summary.late_events", equalTo(2))
                .body("summary.duplicates_removed", equalTo(1_500))
                .body("summary.unexplained", equalTo(0))
                .body("data", hasSize(1_502))
                .body("data[0].generation", equalTo(2))
                .body("data[0].causes[0].cause", equalTo("late_events"))
                .body("data[2].bucket", equalTo("2026-01-01T10:00:00Z"))
                .body("data[2].dimensions.country", equalTo("FR"));
        String text = given().get("/api/v1/models/" + model + "/restatements?cause=duplicates_removed&limit=1")
                .then()
                .body("data", hasSize(1))
                .body("summary.late_events", equalTo(2))
                .extract()
                .asString();
        assertThat(text)
                .contains("\"before\":1234567890123456789012.50")
                .contains("\"delta\":-0.0000001")
                .contains("\"after\":null");
    }

    @Test
    void countsWhatNothingExplains() {
        String model = model();
        publish(model, "1", moves(3, Cause.UNEXPLAINED), 1);

        await().atMost(60, SECONDS)
                .untilAsserted(() -> assertThat(given().get("/q/metrics").asString())
                        .contains("bifocal_model_restatements_unexplained_numbers{model=\"" + model + "\"} 3.0"));
    }

    @Test
    void refusesACauseThatIsNone() {
        given().get("/api/v1/models/" + model() + "/restatements?cause=late_event")
                .then()
                .statusCode(422)
                .body("code", equalTo("UNKNOWN_NAME"))
                .body("remedy", containsString("late_events"));
        given().get("/api/v1/models/nobody/restatements").then().statusCode(404);
    }

    @Test
    void showsHowFarLiveNumbersWereOff() {
        String model = model();
        publish(model, "1", List.of(), 1);
        given().get("/api/v1/models/" + model + "/drift")
                .then()
                .statusCode(200)
                .body("data", hasSize(2))
                .body("data[0].rollup", equalTo("hours"))
                .body("data[0].cells", equalTo(4))
                .body("data[0].different", equalTo(1))
                .body("data[0].relative", equalTo(0.25f))
                .body("data[0].smape", equalTo(0.5f))
                .body("data[1].extra", equalTo(1))
                .body("data[1].relative", nullValue());
    }

    private void publish(String model, String id, List<Restatement> moves, long generation) {
        var writing = storage.reconciliations().writing(model, id);
        List<Restatement> numbered = moves.stream()
                .map(move -> new Restatement(
                        AT,
                        generation,
                        move.rollup(),
                        move.metric(),
                        move.bucket(),
                        move.dimensions(),
                        move.before(),
                        move.after(),
                        move.causes()))
                .toList();
        writing.write(numbered.subList(0, numbered.size() / 2));
        writing.write(numbered.subList(numbered.size() / 2, numbered.size()));
        Map<String, Long> causes = moves.isEmpty()
                ? Map.of()
                : Map.of(moves.get(0).causes().get(0).cause().text(), (long) moves.size());
        storage.reconciliations()
                .publish(
                        model,
                        new Reconciliation(
                                id,
                                AT,
                                generation,
                                "generation",
                                moves.size(),
                                causes,
                                List.of(
                                        new Drift("hours", "orders", 4, 0, 0, 1, 0, 0, 1, 4, 2),
                                        new Drift("hours", "revenue", 1, 0, 1, 0, 0, 0, 5, 0, 2)),
                                Optional.empty()));
    }

    private static List<Restatement> moves(int count, Cause cause) {
        List<Restatement> moves = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            moves.add(new Restatement(
                    AT,
                    0,
                    "hours",
                    "revenue",
                    Instant.parse("2026-01-01T10:00:00Z"),
                    Restatement.node("{\"country\":\"FR\"}"),
                    Restatement.node("1234567890123456789012.50"),
                    Restatement.node("null"),
                    List.of(new Contribution(cause, new BigDecimal("-0.0000001")))));
        }
        return moves;
    }
}
