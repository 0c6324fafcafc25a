package io.bifocal.serving.operation;

import static io.restassured.RestAssured.given;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
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
import io.restassured.RestAssured;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
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

    @Test
    void givesOnlyWhatIsAskedFor() {
        String model = model();
        Instant noon = Instant.parse("2026-01-01T12:00:00Z");
        List<Restatement> moves = new ArrayList<>(moves(1_200, Cause.LATE_EVENTS));
        moves.add(move("by_page", "visits", noon, Cause.LATE_EVENTS));
        publish(model, "1", moves, 1);
        publish(model, "2", List.of(move("by_page", "visits", noon.plusSeconds(60), Cause.ERASURE)), 2);
        String path = "/api/v1/models/" + model + "/restatements?limit=10&";

        given().get(path + "metric=visits")
                .then()
                .body("data.bucket", contains("2026-01-01T12:01:00Z", "2026-01-01T12:00:00Z"))
                .body("summary.late_events", equalTo(1_201));
        given().get(path + "metric=visits&cause=late_events").then().body("data", hasSize(1));
        given().get(path + "rollup=by_page&to=2026-01-01T12:01:00Z").then().body("data", hasSize(1));
        given().get(path + "from=2026-01-01T12:01:00+00:00")
                .then()
                .body("data.bucket", contains("2026-01-01T12:01:00Z"));
        given().get(path + "metric=visit").then().statusCode(422).body("remedy", containsString("visits"));
        given().get(path + "metrics=visits").then().statusCode(400).body("remedy", containsString("metric"));
        given().get(path + "rollup=by_pages").then().statusCode(422).body("remedy", containsString("by_page"));
        given().get(path + "from=noon").then().statusCode(400).body("code", equalTo("BAD_REQUEST"));
    }

    @Test
    void refusesToGoOnFromWhatIsNoEvent() {
        given().header("Last-Event-ID", "garbage")
                .get("/api/v1/models/" + model() + "/restatements/events")
                .then()
                .statusCode(400)
                .body("detail", containsString("garbage"));
    }

    @Test
    void goesOnWhereAFollowerWas() throws Exception {
        String model = model();
        publish(model, "1", moves(3, Cause.LATE_EVENTS), 1);
        try (Follower all = new Follower(model, "1/1");
                Follower fresh = new Follower(model, "")) {
            await().atMost(60, SECONDS).until(() -> all.ids().equals(List.of("1/2", "1/3")));
            await().atMost(60, SECONDS).until(fresh::hasABeat);
            publish(model, "2", moves(1, Cause.ERASURE), 2);

            await().atMost(60, SECONDS).until(() -> all.ids().equals(List.of("1/2", "1/3", "2/1")));
            await().atMost(60, SECONDS).until(() -> fresh.ids().equals(List.of("2/1")));
            assertThat(fresh.lines).anyMatch(line -> line.startsWith("data:") && line.contains("\"erasure\""));
        }
    }

    private static final class Follower implements AutoCloseable {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Void> following;

        Follower(String model, String last) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("%s:%d/api/v1/models/%s/restatements/events"
                    .formatted(RestAssured.baseURI, RestAssured.port, model)));
            if (!last.isEmpty()) {
                request.header("Last-Event-ID", last);
            }
            following = HttpClient.newHttpClient()
                    .sendAsync(request.build(), BodyHandlers.ofLines())
                    .thenAccept(response -> response.body().forEach(lines::add));
        }

        List<String> ids() {
            return lines.stream()
                    .filter(line -> line.startsWith("id:"))
                    .map(line -> line.substring(3).trim())
                    .toList();
        }

        boolean hasABeat() {
            return lines.stream().anyMatch(line -> line.startsWith(":"));
        }

        @Override
        public void close() {
            following.cancel(true);
        }
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
        return Collections.nCopies(count, move("hours", "revenue", Instant.parse("2026-01-01T10:00:00Z"), cause));
    }

    private static Restatement move(String rollup, String metric, Instant bucket, Cause cause) {
        return new Restatement(
                AT,
                0,
                rollup,
                metric,
                bucket,
                Restatement.node("{\"country\":\"FR\"}"),
                Restatement.node("1234567890123456789012.50"),
                Restatement.node("null"),
                List.of(new Contribution(cause, new BigDecimal("-0.0000001"))));
    }
}
