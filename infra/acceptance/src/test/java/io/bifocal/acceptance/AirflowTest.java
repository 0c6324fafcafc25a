package io.bifocal.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.infra.local.AirflowServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A platform whose jobs and schedules a real Airflow runs, which is down at first. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AirflowTest {
    private static final int VISITS = 240;
    private static final Duration PATIENCE = Duration.ofMinutes(6);
    private static final String RECOMPUTE = "{\"type\":\"recompute\",\"model\":\"visits\",\"full\":true}";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory;

    private static Platform platform;
    private static AirflowServer airflow;

    @BeforeAll
    static void start() throws IOException {
        platform = new Platform(directory, "/models/visits.yml");
        airflow = AirflowServer.prepare(
                directory.resolve("airflow"),
                Map.of(
                        "BIFOCAL_JOB_ARGUMENTS",
                        platform.home().resolve("run/job.args").toString(),
                        "SPARK_LOCAL_IP",
                        "127.0.0.1"));
        Files.createDirectories(platform.home());
        Files.writeString(
                platform.home().resolve("bifocal.properties"),
                """
                executor=airflow
                airflow.url=%s
                airflow.username=%s
                airflow.password=%s
                """
                        .formatted(airflow.url(), AirflowServer.USERNAME, airflow.password()));
        platform.start();
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < VISITS; i++) {
            rows.add("{\"at\":\"2026-01-05T%02d:00:00Z\",\"page\":\"/%d\",\"millis\":%d}".formatted(i % 24, i % 7, i));
        }
        Path file = GeneratedData.write(directory.resolve("visits.ndjson"), rows);
        platform.run("ingest", "visits", file.toString(), "--wait", "--url", platform.url());
    }

    @AfterAll
    static void stop() {
        if (platform != null) {
            platform.close();
        }
        if (airflow != null) {
            airflow.close();
        }
    }

    @Test
    @Order(1)
    void aJobWaitsForAnAirflowThatIsDownAndIsRunOnce() {
        String job = recompute();
        awaitQueued(job, "cannot be reached", "airflow.url");
        airflow.start();
        JsonNode done = awaitSuccess(job);
        // Airflow catches up on a night that has just passed, so there may be a later one.
        assertThat(done.at("/result/generation").asLong()).isBetween(1L, generation());
        assertThat(visits().at("/data/0/status").asText()).isEqualTo("exact");
        assertThat(visits().at("/data/0/visits").asLong()).isEqualTo(VISITS);
        assertThat(airflow.output("dags", "list-import-errors", "--output", "plain"))
                .contains("No data found");
        assertThat(airflow.output("dags", "list-runs", "bifocal_job", "--output", "plain"))
                .containsOnlyOnce(job);
    }

    @Test
    @Order(2)
    void airflowsNightRecomputesEveryModel() {
        long before = generation();
        airflow.run("dags", "trigger", "bifocal_nightly", "--run-id", "night");
        await("the night's generation").atMost(PATIENCE).until(() -> generation() > before);
        assertThat(platform.get("/api/v1/schedules").get("data")).isEmpty();
    }

    private static String recompute() {
        return Platform.parse(platform.post("/api/v1/jobs", RECOMPUTE).body())
                .get("id")
                .asText();
    }

    private static void awaitQueued(String job, String problem, String remedy) {
        await("a message").atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            JsonNode waiting = platform.get("/api/v1/jobs/" + job);
            assertThat(waiting.get("state").asText()).isEqualTo("QUEUED");
            assertThat(waiting.get("message").asText()).contains(problem, remedy);
        });
    }

    private static JsonNode awaitSuccess(String job) {
        await("the job's end").atMost(PATIENCE).until(() -> !List.of("QUEUED", "RUNNING")
                .contains(platform.get("/api/v1/jobs/" + job).get("state").asText()));
        JsonNode ended = platform.get("/api/v1/jobs/" + job);
        assertThat(ended.get("state").asText()).as("%s", ended).isEqualTo("SUCCEEDED");
        return ended;
    }

    private static long generation() {
        return visits().at("/meta/generation").asLong();
    }

    private static JsonNode visits() {
        return platform.query("{\"model\":\"visits\",\"metrics\":[\"visits\"]}");
    }
}
