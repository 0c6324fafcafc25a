package io.bifocal.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.CassandraManifestStore;
import io.bifocal.cassandra.CassandraViewStore;
import io.bifocal.cassandra.ModelCatalog;
import io.bifocal.core.config.Config;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Part;
import io.bifocal.core.model.Definition;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Malformed events, a hand in the views, a crash and a changed definition: each test builds on the one before. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RoughRoadTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory;

    private static Platform platform;

    @BeforeAll
    static void start() {
        platform = new Platform(directory, "/models/visits.yml");
        platform.start();
    }

    @AfterAll
    static void stop() {
        if (platform != null) {
            platform.close();
        }
    }

    @Test
    @Order(1)
    void malformedEventsAreQuarantinedAndAddUpToWhatWasRead() {
        int good = 100_000;
        int bad = 1_000;
        Path file = visits("malformed.ndjson", good, bad);
        platform.run("ingest", "visits", file.toString(), "--wait", "--url", platform.url());

        assertThat(visits()).isEqualTo(good);
        JsonNode quarantine = platform.get("/api/v1/models/visits/quarantine?limit=5");
        assertThat(quarantine.get("total").asLong()).isEqualTo(bad);
        for (JsonNode event : quarantine.get("data")) {
            assertThat(event.get("reason").asText()).isNotBlank();
            assertThat(event.get("raw").asText()).contains("broken");
            assertThat(event.get("offset").isIntegralNumber()).isTrue();
            assertThat(event.get("partition").isIntegralNumber()).isTrue();
        }
        checkLedger(good, bad);
    }

    @Test
    @Order(2)
    void aCleanDayHasNothingToTell() {
        platform.run("reconcile", "visits", "--wait", "--url", platform.url());

        JsonNode drift = told("drift");
        assertThat(drift.get("data")).isNotEmpty();
        for (JsonNode row : drift.get("data")) {
            assertThat(row.get("cells").asLong()).isPositive();
            assertThat(wrong(row)).as("%s", row).isZero();
        }
        assertThat(told("restatements").get("data")).isEmpty();
        assertThat(told("restatements").get("summary")).allMatch(count -> count.asLong() == 0);
    }

    @Test
    @Order(3)
    void anArchiveFileThatIsLostIsPutRight() throws IOException {
        long expected = visits();
        try (Stream<Path> files = Files.walk(platform.home().resolve("lake/visits/archive"))) {
            Files.delete(files.filter(file -> file.toString().endsWith(".parquet"))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow());
        }

        JsonNode job = platform.run("reconcile", "visits", "--wait", "--output", "json", "--url", platform.url())
                .json();

        assertThat(job.at("/result/archivedAgain").asLong()).as("%s", job).isPositive();
        assertThat(visits()).isEqualTo(expected);
        assertThat(told("restatements").get("data")).isEmpty();
        // That the archive has all of them again, once, the full recomputes of later tests show.
    }

    @Test
    @Order(4)
    void aRowThatSomebodyDoubledIsFoundNamedAndPutRight() {
        long expected = visits() + 2_000;
        Path file = visits("doubled.ndjson", 2_000, 0);
        platform.run("ingest", "visits", file.toString(), "--wait", "--url", platform.url());
        assertThat(visits()).isEqualTo(expected);
        Config config = Config.load(Optional.of(platform.home().resolve("run/platform.properties")), Map.of());
        try (CassandraConnection cassandra = CassandraConnection.open(config)) {
            await("a row that is read twice").atMost(Duration.ofMinutes(2)).until(() -> {
                writeLiveRowsTwice(cassandra);
                return visits() > expected;
            });
        }

        platform.run("reconcile", "visits", "--wait", "--url", platform.url());

        assertThat(visits()).isEqualTo(expected);
        assertThat(told("drift").get("data"))
                .anyMatch(row -> row.get("metric").asText().equals("visits")
                        && row.get("different").asLong() > 0);
        JsonNode moved = told("restatements", "--cause", "unexplained", "--metric", "visits");
        assertThat(moved.get("data")).isNotEmpty();
        for (JsonNode number : moved.get("data")) {
            assertThat(number.get("before").asLong())
                    .isGreaterThan(number.get("after").asLong());
        }
    }

    /** Somebody writes rows of the live parts once more, as those of another task. */
    private static void writeLiveRowsTwice(CassandraConnection cassandra) {
        ViewStore views = new CassandraViewStore(cassandra);
        Definition definition = new ModelCatalog(cassandra, Clock.systemUTC())
                .find("visits")
                .orElseThrow()
                .definition();
        View byPage = View.rollups(definition).get(0);
        Manifest manifest = new CassandraManifestStore(cassandra).read("visits").orElseThrow();
        for (Part part : manifest.chain()) {
            if (part.kind() == Part.Kind.LIVE) {
                views.index("visits", part.id()).toCompletableFuture().join().stream()
                        .filter(day -> day.view().equals(byPage.name()))
                        .flatMap(day -> views
                                .rows("visits", part.id(), byPage, day.day(), Long.MIN_VALUE, Long.MAX_VALUE)
                                .toCompletableFuture()
                                .join()
                                .stream())
                        .forEach(row -> views.write("visits", part.id(), List.of(copy(row))));
            }
        }
    }

    private static ViewRow copy(ViewRow row) {
        return new ViewRow(row.view(), row.day(), row.shard(), row.bucket(), row.key(), row.batch(), 77, row.states());
    }

    /** What a command prints of the model. */
    private static JsonNode told(String command, String... options) {
        List<String> arguments =
                new ArrayList<>(List.of(command, "visits", "--output", "json", "--url", platform.url()));
        arguments.addAll(List.of(options));
        return platform.run(arguments.toArray(String[]::new)).json();
    }

    private static long wrong(JsonNode drift) {
        return drift.get("missing").asLong()
                + drift.get("extra").asLong()
                + drift.get("different").asLong();
    }

    @Test
    @Order(5)
    void killingEverythingInTheMiddleOfAnIngestLosesNothingAndDoublesNothing() throws IOException {
        long before = visits();
        int more = 60_000;
        Path file = visits("crash.ndjson", more, 0);
        Process ingest = platform.background(
                "ingest", "ingest", "visits", file.toString(), "--rate", "4000", "--wait", "--url", platform.url());
        await("some of the events to be counted").atMost(Duration.ofMinutes(2)).until(() -> visits() > before + 5_000);

        platform.kill();
        platform.start();

        Platform.waitFor(ingest);
        assertThat(ingest.exitValue())
                .as("ingest: %s", Platform.read(platform.home().resolve("ingest.err")))
                .isZero();
        assertThat(visits()).isEqualTo(before + more);
        platform.run("recompute", "visits", "--wait", "--url", platform.url());
        assertThat(visits()).isEqualTo(before + more);
    }

    @Test
    @Order(6)
    void aChangedDefinitionTakesOverInOneStepWhileEventsArrive() throws IOException {
        long before = visits();
        int more = 30_000;
        String file = Files.readString(platform.models().resolve("visits.yml"))
                .replace(
                        "rollups:",
                        "  - {name: long_visits, type: simple, agg: count, filter: millis >= 500}\nrollups:\n"
                                + "  - {name: daily, granularity: day, dimensions: []}");
        Path changed = Files.writeString(directory.resolve("visits.yml"), file);
        try (AnswerWatch watch = new AnswerWatch(platform, "visits", "visits", List.of(), Duration.ofMillis(50))) {
            Process ingest = platform.background(
                    "changed",
                    "ingest",
                    "visits",
                    visits("changed.ndjson", more, 0).toString(),
                    "--rate",
                    "1500",
                    "--wait",
                    "--url",
                    platform.url());
            platform.run("models", "apply", changed.toString(), "--url", platform.url());
            assertThat(platform.post("/api/v1/query", longVisits()).statusCode())
                    .as("the version before is in force")
                    .isEqualTo(422);
            platform.run("backfill", "visits", "--plan", "--url", platform.url());
            platform.run("recompute", "visits", "--wait", "--url", platform.url());

            Platform.waitFor(ingest);
            assertThat(visits()).isEqualTo(before + more);
            watch.assertNoViolation();
            System.out.println("changed definition: " + watch.summary());
        }
        assertThat(platform.get("/api/v1/models/visits/versions")
                        .at("/data/0/state")
                        .asText())
                .isEqualTo("IN_FORCE");
        assertThat(platform.get("/api/v1/models/visits/generations")
                        .at("/data/0/version")
                        .asLong())
                .isEqualTo(2);
        JsonNode live = platform.query(longVisits());
        platform.run("recompute", "visits", "--full", "--wait", "--url", platform.url());
        JsonNode exact = platform.query(longVisits());
        assertThat(exact.get("data").get(0).get("long_visits"))
                .isEqualTo(live.get("data").get(0).get("long_visits"));
        assertThat(exact.at("/data/0/status").asText()).isEqualTo("exact");
        assertThat(exact.at("/data/0/long_visits").asLong()).isBetween((before + more) / 3, (before + more) * 2 / 3);
    }

    @Test
    @Order(7)
    void quarantinedEventsCountOnceTheModelCanReadThem() throws IOException {
        long before = visits();
        long released =
                platform.get("/api/v1/models/visits/quarantine").get("total").asLong() / 2;
        String file = Files.readString(directory.resolve("visits.yml"))
                .replace("millis: long", "millis: string")
                .replace("expr: millis}", "expr: try_cast(millis as long)}")
                .replace("filter: millis >=", "filter: try_cast(millis as long) >=");
        Path tolerant = Files.writeString(directory.resolve("tolerant.yml"), file);
        platform.run("models", "apply", tolerant.toString(), "--url", platform.url());
        platform.run("quarantine", "visits", "--reprocess", "--wait", "--url", platform.url());

        assertThat(visits()).isEqualTo(before + released);
        assertThat(platform.get("/api/v1/models/visits/quarantine").get("total").asLong())
                .isEqualTo(released);
        checkLedger(before + released, released);
        JsonNode moved = platform.get("/api/v1/models/visits/restatements?cause=reprocessed&limit=1");
        assertThat(moved.at("/summary/reprocessed").asLong()).isPositive();
        assertThat(moved.at("/data/0/metric").asText()).isEqualTo("visits");
    }

    private static String longVisits() {
        return "{\"model\":\"visits\",\"metrics\":[\"long_visits\"]}";
    }

    private static long visits() {
        JsonNode data = platform.query("{\"model\":\"visits\",\"metrics\":[\"visits\"]}")
                .get("data");
        return data.isEmpty() ? 0 : data.get(0).get("visits").longValue();
    }

    private static Path visits(String name, int good, int bad) {
        Random random = new Random(good);
        Instant start = Instant.parse("2024-03-30T00:00:00Z");
        List<String> events = new ArrayList<>();
        IntStream.range(0, good)
                .forEach(i -> events.add("{\"at\":\"" + start.plusSeconds(random.nextInt(200_000)) + "\",\"page\":\"/"
                        + random.nextInt(20) + "\",\"millis\":" + random.nextInt(1_000) + "}"));
        IntStream.range(0, bad)
                .forEach(i -> events.add(
                        i % 2 == 0 ? "{\"broken\": " + i : "{\"at\":\"" + start + "\",\"millis\":\"broken\"}"));
        Collections.shuffle(events, random);
        return GeneratedData.write(directory.resolve(name), events);
    }

    private static void checkLedger(long good, long bad) {
        JsonNode ledger = platform.get("/api/v1/models/visits/ledger");
        long read = 0;
        long archived = 0;
        long quarantined = 0;
        long counted = 0;
        for (JsonNode row : ledger.get("data")) {
            read += row.get("read").longValue();
            archived += row.get("archived").longValue();
            quarantined += row.get("quarantined").longValue();
            counted += row.get("counted").longValue();
        }
        assertThat(ledger.get("balanced").asBoolean()).isTrue();
        assertThat(List.of(read, archived, quarantined, counted)).isEqualTo(List.of(good + bad, good, bad, good));
    }
}
