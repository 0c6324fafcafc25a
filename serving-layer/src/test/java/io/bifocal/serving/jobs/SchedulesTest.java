package io.bifocal.serving.jobs;

import static io.restassured.RestAssured.given;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;

import io.bifocal.cassandra.ScheduleStore.Stored;
import io.bifocal.core.job.Job;
import io.bifocal.core.job.Schedule;
import io.bifocal.serving.ServerTest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
class SchedulesTest extends ServerTest {
    private final String name = unique();

    @Test
    void keepsASchedulesUntilItIsDeleted() {
        put(body(model(), "30 3 * * 1", "Europe/London", false)).then().statusCode(200);
        given().get("/api/v1/schedules/" + name)
                .then()
                .statusCode(200)
                .body("cron", equalTo("30 3 * * 1"))
                .body("zone", equalTo("Europe/London"))
                .body("enabled", equalTo(false))
                .body("nextRuns", hasSize(0));
        given().get("/api/v1/schedules").then().body("data.name", hasItem(name));

        given().delete("/api/v1/schedules/" + name).then().statusCode(204);
        given().get("/api/v1/schedules/" + name).then().statusCode(404).body("code", equalTo("NOT_FOUND"));
        given().delete("/api/v1/schedules/" + name).then().statusCode(404);
    }

    @Test
    void showsTheNextRunsAndBeginsWithANight() {
        put(body(model(), "0 2 * * *", "UTC", true)).then().body("nextRuns", hasSize(3));
        await().atMost(30, SECONDS)
                .until(() -> given().get("/api/v1/schedules/nightly").statusCode() == 200);
        given().get("/api/v1/schedules/nightly")
                .then()
                .body("job.model", equalTo("*"))
                .body("cron", equalTo("0 2 * * *"));
        await().atMost(30, SECONDS)
                .until(() -> given().get("/api/v1/schedules/hourly").statusCode() == 200);
        given().get("/api/v1/schedules/hourly")
                .then()
                .body("job.type", equalTo("reconcile"))
                .body("enabled", equalTo(false));
    }

    @Test
    void refusesWhatItDoesNotUnderstand() {
        String model = model();
        put(body(model, "0 25 * * *", "UTC", true)).then().statusCode(422);
        put(body(model, "0 2 * * *", "Europe/Nowhere", true)).then().statusCode(422);
        put(body(model, "0 0 30 2 *", "UTC", true))
                .then()
                .statusCode(422)
                .body("detail", containsString("never comes"));
        put(body("none", "0 2 * * *", "UTC", true)).then().statusCode(422);
        put("{\"cron\": \"0 2 * * *\"}").then().statusCode(422);
        put(body(model, "0 2 * * *", "UTC", true).replace("recompute", "erase"))
                .then()
                .statusCode(422)
                .body("remedy", equalTo("Ask for it with POST /jobs."));
        given().get("/api/v1/schedules/" + name).then().statusCode(404);
    }

    @Test
    void catchesUpManyMissedRunsByOne() {
        String model = model();
        Map<String, Object> job = Map.of("type", "recompute", "model", model);
        Instant longAgo = Instant.now().minus(3, ChronoUnit.DAYS);
        storage.schedules().put(new Stored(new Schedule(name, job, "*/10 * * * *", "UTC", true), longAgo));

        await().atMost(60, SECONDS).until(() -> !jobs(model).isEmpty());
        await().atMost(60, SECONDS).until(() -> storage.schedules()
                .find(name)
                .orElseThrow()
                .since()
                .isAfter(Instant.now().minus(20, ChronoUnit.MINUTES)));
        // Another run may have become due since, but no more than that.
        assertThat(jobs(model)).hasSizeBetween(1, 2);
        storage.schedules().delete(name);
    }

    private List<Job> jobs(String model) {
        return storage.jobs().newest(100).stream()
                .filter(job -> job.model().equals(model))
                .toList();
    }

    private Response put(String body) {
        return given().contentType("application/json").body(body).put("/api/v1/schedules/" + name);
    }

    private static String body(String model, String cron, String zone, boolean enabled) {
        return "{\"job\": {\"type\": \"recompute\", \"model\": \"%s\"}, \"cron\": \"%s\", \"zone\": \"%s\", \"enabled\": %s}"
                .formatted(model, cron, zone, enabled);
    }
}
