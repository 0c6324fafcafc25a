package io.bifocal.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.acceptance.RetailLog.Day;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills one part after the other, as the machine's memory killer would, while events arrive and queries run. In every answer: a
 * count never exceeds what Kafka holds, and never falls. At rest, everything equals plain counting over Kafka's records.
 *
 * <p>On demand: {@code -Dbifocal.faults=10}, with {@code -Dbifocal.seed=7} for another campaign; the seed and the times that the parts took
 * to come back are printed.
 */
@EnabledIfSystemProperty(
        named = "bifocal.faults",
        matches = "\\d+",
        disabledReason = "runs on demand: -Dbifocal.faults=10")
class FaultCampaignTest {
    private static final int FAULTS = Integer.getInteger("bifocal.faults", 10);
    private static final long SEED = Long.getLong("bifocal.seed", 20_261_120);
    private static final int EVENTS_PER_SECOND = 1_200;
    private static final ZoneId LONDON = ZoneId.of("Europe/London");
    private static final String JOB = "batch";
    private static final List<String> VICTIMS = List.of("speed", JOB, "cassandra", "archiver", "kafka", "serving");
    /** Progress of a recompute at which it is killed: at its start, reading, writing rows, publishing, writing tables. */
    private static final List<Double> JOB_STAGES = List.of(0.8, 0.3, 0.0, 0.2, 0.85);

    /** Each answer is of all days: to ask without end would starve what is to recover. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Duration RECOVERY = Duration.ofMinutes(4);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    private final Random random = new Random(SEED);
    private final Map<String, List<Long>> recoveredMillis = new LinkedHashMap<>();
    private Platform platform;
    private int jobsKilled;

    @AfterEach
    void stop() {
        if (platform != null) {
            platform.close();
        }
    }

    @Test
    void everyEventCountsOnceWhateverDiesAndWhenever() throws InterruptedException {
        Optional<Path> real = Repository.sharedData("online_retail/online_retail.csv.gz");
        Path file = real.orElseGet(() -> GeneratedData.retail(directory));
        System.out.println(
                "seed " + SEED + ", " + FAULTS + " faults, on " + (real.isPresent() ? file : "generated data"));
        platform = new Platform(directory, "/models/retail.yml");
        platform.start();
        try (AnswerWatch watch = new AnswerWatch(
                platform, "retail", "lines", List.of("country", "cancelled", "country", "stock_code"), PAUSE)) {
            try (Feed feed = new Feed(platform, file, EVENTS_PER_SECOND)) {
                watch.awaitMore(EVENTS_PER_SECOND);
                Instant begun = Instant.now();
                long held = watch.held();
                for (int fault = 0; fault < FAULTS; fault++) {
                    String victim =
                            fault < VICTIMS.size() ? VICTIMS.get(fault) : VICTIMS.get(random.nextInt(VICTIMS.size()));
                    watch.awaitMore(random.nextInt(EVENTS_PER_SECOND * 3));
                    long millis = victim.equals(JOB) ? killJob() : kill(victim, watch);
                    recoveredMillis
                            .computeIfAbsent(victim, v -> new ArrayList<>())
                            .add(millis);
                    System.out.println("fault " + (fault + 1) + ": " + victim + " back after " + millis + " ms");
                    watch.assertNoViolation();
                    feed.assertNoFailure();
                }
                double seconds = Duration.between(begun, Instant.now()).toMillis() / 1e3;
                System.out.printf("%.0f events/s over %.0f s%n", (watch.held() - held) / seconds, seconds);
            }
            atRestEverythingEqualsWhatKafkaHolds();
            watch.assertNoViolation();
            report(watch);
        }
    }

    /** Kills a part and returns after how many milliseconds another process did its work. */
    private long kill(String victim, AnswerWatch watch) {
        long pid = pid(victim).orElseThrow();
        Instant killed = Instant.now();
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        await(victim + " to be up again")
                .atMost(RECOVERY)
                .pollInterval(Duration.ofMillis(300))
                .until(() -> pid(victim).filter(now -> now != pid).isPresent());
        if (victim.equals("archiver")) {
            long archived = archived();
            await("the archive to grow").atMost(RECOVERY).until(() -> archived() > archived);
        } else {
            watch.awaitMore(1);
        }
        return Duration.between(killed, Instant.now()).toMillis();
    }

    /** A batch job dies in the middle, at another stage each time; returns after how many milliseconds another has ended. */
    private long killJob() {
        double stage = JOB_STAGES.get(jobsKilled++ % JOB_STAGES.size());
        String id = platform.run("recompute", "retail", "--url", platform.url(), "--output", "json")
                .json()
                .get("id")
                .asText();
        await("job " + id + " to reach " + stage)
                .atMost(RECOVERY)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    JsonNode job = platform.get("/api/v1/jobs/" + id);
                    return (job.get("progress").asDouble() >= stage
                                    && process(id).isPresent())
                            || !List.of("QUEUED", "RUNNING")
                                    .contains(job.get("state").asText());
                });
        Optional<ProcessHandle> process = process(id);
        process.ifPresent(ProcessHandle::destroyForcibly);
        System.out.println("killed job " + id + " at " + stage + (process.isEmpty() ? ": too late, it had ended" : ""));
        Instant killed = Instant.now();
        platform.run("recompute", "retail", "--wait", "--url", platform.url());
        return Duration.between(killed, Instant.now()).toMillis();
    }

    /** The process that was started with a job's id as its last argument. */
    private static Optional<ProcessHandle> process(String job) {
        try {
            Process ps = new ProcessBuilder("ps", "-A", "-ww", "-o", "pid=", "-o", "args=")
                    .redirectErrorStream(true)
                    .start();
            String all = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return all.lines()
                    .map(String::strip)
                    .filter(line -> line.endsWith("JobProcess " + job))
                    .findFirst()
                    .flatMap(line -> ProcessHandle.of(Long.parseLong(line.substring(0, line.indexOf(' ')))));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Optional<Long> pid(String part) {
        JsonNode status = platform.run("status", "--url", platform.url(), "--output", "json")
                .json();
        for (JsonNode each : status.get("parts")) {
            if (each.get("name").asText().equals(part)
                    && each.get("state").asText().equals("UP")) {
                return Optional.of(each.get("pid").asLong());
            }
        }
        return Optional.empty();
    }

    private void atRestEverythingEqualsWhatKafkaHolds() {
        Map<LocalDate, Day> days = RetailLog.read(platform.bootstrapServers(), "retail");
        long held = days.values().stream().mapToLong(day -> day.lines).sum();
        await("every record to be counted and archived").atMost(RECOVERY).untilAsserted(() -> {
            JsonNode ledger = platform.get("/api/v1/models/retail/ledger");
            assertThat(ledger.get("balanced").asBoolean()).as("balanced").isTrue();
            assertThat(sum(ledger, "read")).as("read").isEqualTo(held);
            assertThat(sum(ledger, "archived")).as("archived").isEqualTo(held);
            assertThat(sum(ledger, "counted")).as("counted").isEqualTo(held);
        });
        checkDays(days, false);
        platform.run("recompute", "retail", "--wait", "--url", platform.url());
        checkDays(days, true);
    }

    private void checkDays(Map<LocalDate, Day> days, boolean exact) {
        JsonNode answer = platform.query("{\"model\":\"retail\",\"metrics\":[\"lines\",\"units\",\"revenue\","
                + "\"sold_revenue\",\"customers\",\"invoices\"],"
                + "\"time\":{\"granularity\":\"day\",\"zone\":\"Europe/London\"}}");
        assertThat(answer.get("data")).hasSameSizeAs(days.keySet());
        for (JsonNode row : answer.get("data")) {
            LocalDate date =
                    Instant.parse(row.get("time").asText()).atZone(LONDON).toLocalDate();
            Day day = days.get(date);
            assertThat(row.get("lines").longValue()).as("lines of %s", date).isEqualTo(day.lines);
            assertThat(row.get("units").longValue()).as("units of %s", date).isEqualTo(day.units);
            assertThat(row.get("revenue").decimalValue())
                    .as("revenue of %s", date)
                    .isEqualByComparingTo(day.revenue);
            assertThat(row.get("sold_revenue").decimalValue())
                    .as("sold revenue of %s", date)
                    .isEqualByComparingTo(day.soldRevenue);
            if (exact) {
                assertThat(row.get("status").asText()).isEqualTo("exact");
                assertThat(row.get("customers").longValue())
                        .as("customers of %s", date)
                        .isEqualTo(day.customers.size());
                assertThat(row.get("invoices").longValue())
                        .as("invoices of %s", date)
                        .isEqualTo(day.invoices.size());
            }
        }
    }

    private void report(AnswerWatch watch) {
        System.out.println(watch.summary());
        recoveredMillis.forEach((victim, millis) -> {
            List<Long> sorted = millis.stream().sorted().toList();
            System.out.printf(
                    "%-10s killed %d times, back after %d to %d ms, median %d%n",
                    victim, sorted.size(), sorted.get(0), sorted.get(sorted.size() - 1), sorted.get(sorted.size() / 2));
        });
    }

    private long archived() {
        return sum(platform.get("/api/v1/models/retail/ledger"), "archived");
    }

    private static long sum(JsonNode ledger, String column) {
        long sum = 0;
        for (JsonNode row : ledger.get("data")) {
            sum += row.get(column).longValue();
        }
        return sum;
    }
}
