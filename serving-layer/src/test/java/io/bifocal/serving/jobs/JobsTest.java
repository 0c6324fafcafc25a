package io.bifocal.serving.jobs;

import static io.restassured.RestAssured.given;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.bifocal.core.job.Job;
import io.bifocal.serving.ServerTest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

@QuarkusTest
class JobsTest extends ServerTest {
    private static final String ME = "this test";
    private static final Duration LEASE = Duration.ofMinutes(1);

    @Test
    void remembersWhatKafkaHeldWhenItWasAsked() {
        String model = model();
        given().contentType("application/json")
                .body("{}")
                .post("/api/v1/events/" + model)
                .then()
                .statusCode(202);
        Response created = create(model, UUID.randomUUID().toString(), "");
        Map<?, ?> positions = created.path("spec.positions");
        assertThat(positions).hasSize(1);
        assertThat(created.getHeader("Location")).endsWith("/api/v1/jobs/" + created.path("id"));
        given().get("/api/v1/jobs").then().body("data.id", hasItem(created.<String>path("id")));
    }

    @Test
    void returnsTheSameJobForTheSameKey() {
        String model = model();
        String key = UUID.randomUUID().toString();
        String id = create(model, key, "").path("id");
        assertThat(create(model, key, "").<String>path("id")).isEqualTo(id);
        assertThat(create(model, "other " + key, "").<String>path("id")).isNotEqualTo(id);
        Response other = create(model, key, ", \"full\": true");
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(other.<String>path("detail")).contains(id);
    }

    @Test
    void tellsARetryOfItsJobThoughNothingIsAsItWas() {
        String model = model();
        String key = UUID.randomUUID().toString();
        // As it was created while generation 99 was kept.
        Job rollback =
                storage.jobs().create(Job.Type.ROLLBACK, model, Map.of("generation", 99), java.util.Optional.of(key));
        given().contentType("application/json")
                .header("Idempotency-Key", key)
                .body("{\"type\": \"rollback\", \"generation\": 99, \"model\": \"" + model + "\"}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(202)
                .body("id", equalTo(rollback.id()));
    }

    @Test
    void doesNotCancelWhatIsNotTakenBack() {
        Job job = storage.jobs().create(Job.Type.RECOMPUTE, model(), Map.of(), java.util.Optional.empty());
        storage.jobs().claim(job.id(), "somebody", java.time.Duration.ofMinutes(1));
        storage.jobs().pass(job.id(), "somebody");
        given().delete("/api/v1/jobs/" + job.id())
                .then()
                .statusCode(409)
                .body("detail", containsString("goes on to its end"));
    }

    @Test
    void reprocessesAQuarantineAsABackfillThatIsPromoted() {
        String path = "/api/v1/models/%s/quarantine:reprocess".formatted(model());
        RequestSpecification request = given().urlEncodingEnabled(false).header("Idempotency-Key", path);
        Response asked = request.post(path);
        assertThat(asked.statusCode()).isEqualTo(202);
        assertThat(asked.<String>path("type")).isEqualTo("backfill");
        assertThat(asked.<Boolean>path("spec.promote")).isTrue();
        assertThat(asked.getHeader("Location")).endsWith("/api/v1/jobs/" + asked.path("id"));
        request.post(path).then().body("id", equalTo(asked.path("id")));
        request.post("/api/v1/models/nobodys/quarantine:reprocess")
                .then()
                .statusCode(404)
                .body("detail", containsString("no model nobodys"));
    }

    @Test
    void refusesWhatItDoesNotUnderstand() {
        String model = model();
        for (String fields : new String[] {
            ", \"frm\": \"2026-01-01\"", ", \"from\": \"yesterday\"", ", \"full\": 1", ", \"positions\": {}"
        }) {
            assertThat(create(model, "", fields).statusCode()).as(fields).isEqualTo(422);
        }
        assertThat(create("none", "", "").statusCode()).isEqualTo(422);
        for (String job : new String[] {
            "\"type\": \"rollback\"",
            "\"type\": \"rollback\", \"generation\": \"last\"",
            "\"type\": \"rollback\", \"generation\": 99",
            "\"type\": \"recompute\", \"from\": \"2026-01-02\", \"to\": \"2026-01-02\"",
            "\"type\": \"replay\", \"from\": \"2026-01-02T01:00:00+02:00\", \"to\": \"2026-01-01\", \"toTopic\": \"copy\"",
            "\"type\": \"replay\", \"from\": \"2026-01-01\", \"to\": \"2026-01-02\"",
            "\"type\": \"replay\", \"from\": \"then\", \"to\": \"2026-01-02\", \"toTopic\": \"copy\"",
            "\"type\": \"erase\", \"column\": \"pages\", \"value\": \"/home\"",
        }) {
            given().contentType("application/json")
                    .body("{\"model\": \"" + model + "\", " + job + "}")
                    .post("/api/v1/jobs")
                    .then()
                    .statusCode(422);
        }
        given().contentType("application/json")
                .body(
                        "{\"type\": \"replay\", \"model\": \"%1$s\", \"from\": \"2026-01-01\", \"to\": \"2026-01-02\", \"toTopic\": \"%1$s\"}"
                                .formatted(model))
                .post("/api/v1/jobs")
                .then()
                .statusCode(409)
                .body("remedy", containsString("identity"));
        given().contentType("application/json")
                .body(
                        "{\"type\": \"replay\", \"model\": \"%s\", \"from\": \"2026-01-01\", \"to\": \"2026-01-02\", \"toTopic\": \"%s\"}"
                                .formatted(model, model()))
                .post("/api/v1/jobs")
                .then()
                .statusCode(409)
                .body("detail", containsString("twice"));
        given().get("/api/v1/jobs/none").then().statusCode(404).body("code", equalTo("NOT_FOUND"));
    }

    /** The job process of these tests dies at once; the one before it in the model keeps a job from being started. */
    @Test
    void cancelsAQueuedJobAndTellsThoseWhoFollow() {
        String model = model();
        Job first = storage.jobs().create(Job.Type.RECOMPUTE, model, Map.of(), java.util.Optional.empty());
        storage.jobs().claim(first.id(), "somebody", java.time.Duration.ofMinutes(1));
        String id = create(model, "", "").path("id");
        given().delete("/api/v1/jobs/" + id).then().statusCode(200).body("state", equalTo("CANCELLED"));
        given().delete("/api/v1/jobs/" + id).then().statusCode(200);
        given().get("/api/v1/jobs/" + id + "/events")
                .then()
                .statusCode(200)
                .contentType(containsString("text/event-stream"))
                .body(containsString("CANCELLED"));
    }

    @Test
    void tellsWhoFollowsARunningJobHowFarItIsUntilItEnds() {
        Job job = claimed(model());
        List<String> lines = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> following = HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(URI.create("%s:%d/api/v1/jobs/%s/events"
                                        .formatted(RestAssured.baseURI, RestAssured.port, job.id())))
                                .build(),
                        BodyHandlers.ofLines())
                .thenAccept(response -> response.body().forEach(lines::add));
        told(lines, "\"state\":\"RUNNING\"");
        told(lines, "still here");

        storage.jobs().renew(job.id(), ME, LEASE, 0.5, "half of it");
        told(lines, "half of it");
        storage.jobs().finish(job.id(), ME, Job.State.SUCCEEDED, Optional.empty(), Map.of("days", 3));

        await().atMost(60, SECONDS).until(following::isDone);
        assertThat(lines)
                .filteredOn(line -> line.startsWith("data:"))
                .last()
                .asString()
                .contains("\"state\":\"SUCCEEDED\"")
                .contains("\"days\":3");
    }

    private static void told(List<String> lines, String text) {
        await().atMost(60, SECONDS).until(() -> lines.stream().anyMatch(line -> line.contains(text)));
    }

    /** A job that this server's executor did not get. */
    private Job claimed(String model) {
        Optional<Job> mine = Optional.empty();
        while (mine.isEmpty()) {
            Job job = storage.jobs().create(Job.Type.RECOMPUTE, model, Map.of(), Optional.empty());
            mine = storage.jobs().claim(job.id(), ME, LEASE);
        }
        return mine.get();
    }

    @Test
    void failsAJobWhoseProcessDiesTwice() {
        String id = create(model(), "", "").path("id");
        await().atMost(60, SECONDS)
                .until(() -> given().get("/api/v1/jobs/" + id).path("state").equals("FAILED"));
        String error = given().get("/api/v1/jobs/" + id).path("error");
        assertThat(error).contains("ended with 3").contains("no such job here: " + id);
        given().delete("/api/v1/jobs/" + id).then().statusCode(409).body("code", equalTo("REFUSED"));
        given().get("/api/v1/jobs/" + id + "/events")
                .then()
                .body(containsString("event:log"))
                .body(containsString("\"no such job here: " + id + "\""))
                .body(containsString("\"state\":\"FAILED\""));
    }

    private static Response create(String model, String key, String fields) {
        return given().contentType("application/json")
                .header("Idempotency-Key", key)
                .body("{\"type\": \"recompute\", \"model\": \"" + model + "\"" + fields + "}")
                .post("/api/v1/jobs");
    }
}
