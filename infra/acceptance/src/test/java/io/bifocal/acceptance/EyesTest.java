package io.bifocal.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.infra.demo.ShopEvents;
import io.bifocal.infra.local.PythonEnvironment;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * What people see of a platform: the console in a real browser, and the notebooks in a real Jupyter kernel. One platform, with
 * exact, mixed and quarantined data.
 */
class EyesTest {
    private static final Pattern COMMA = Pattern.compile(",");
    private static final Pattern METRIC = Pattern.compile("(bifocal|http|jvm|process)_[a-z_]+");
    private static final Path NOTEBOOKS = Repository.ROOT.resolve("notebooks");
    private static final Path TESTS = Repository.ROOT.resolve("infra/acceptance/src/test/console");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory;

    private static Platform platform;
    private static long shopEvents;

    @BeforeAll
    static void start() {
        platform =
                new Platform(directory, "/models/retail.yml", "/models/visits.yml", "/io/bifocal/infra/demo/shop.yml");
        platform.start();
        List<String> shop = shop();
        ingest("shop", GeneratedData.write(directory.resolve("shop.ndjson"), shop));
        // Live recognizes a retry within a micro-batch; those of a later one it counts twice, and the archive removes
        // them.
        ingest("shop", GeneratedData.write(directory.resolve("retries.ndjson"), shop.subList(0, 200)));
        ingest("retail", GeneratedData.retail(directory));
        ingest("visits", visits());
        platform.run("recompute", "retail", "--wait", "--url", platform.url());
        ingest("retail", late());
    }

    private static void ingest(String model, Path file) {
        platform.run("ingest", model, file.toString(), "--wait", "--url", platform.url());
    }

    /** Lines of a month that the generation has: it becomes mixed, the others stay exact. */
    private static Path late() {
        List<String> rows = new ArrayList<>();
        rows.add("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country");
        for (int i = 0; i < 25; i++) {
            rows.add("900000,LATE,LATE,2,2011-02-03 10:0%d:00,1.25,99999.0,France".formatted(i % 10));
        }
        return GeneratedData.write(directory.resolve("late.csv"), rows);
    }

    private static Path visits() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 240; i++) {
            rows.add("{\"at\":\"2026-01-05T%02d:00:00Z\",\"page\":\"/%d\",\"millis\":%d}".formatted(i % 24, i % 7, i));
        }
        rows.add("{\"at\":\"broken\"}");
        return GeneratedData.write(directory.resolve("visits.ndjson"), rows);
    }

    /** A day of the demo's web shop: some of it late, twice, or malformed. */
    private static List<String> shop() {
        ShopEvents events = new ShopEvents(7, "eyes");
        Instant now = Instant.now();
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            rows.add(new String(events.next(events.earlier(now)), StandardCharsets.UTF_8));
        }
        shopEvents = distinct(rows);
        return rows;
    }

    /** How many events the records are, by plain counting. */
    private static long distinct(List<String> rows) {
        Set<String> events = new HashSet<>();
        for (String row : rows) {
            try {
                JsonNode event = Platform.JSON.readTree(row);
                if (event.hasNonNull("at") && event.get("quantity").isNumber()) {
                    events.add(event.get("event_id") + " " + event.get("at"));
                }
            } catch (IOException malformed) {
                // Goes into quarantine.
            }
        }
        return events.size();
    }

    @AfterAll
    static void stop() {
        if (platform != null) {
            platform.close();
        }
    }

    @Test
    void everyPageWorksInARealBrowser() {
        Path chromium = Tool.find("apt-get install chromium", "chromium", "chromium-browser", "google-chrome");
        Path npm = Tool.find("apt-get install npm", "npm");
        Tool.run(TESTS, Map.of(), npm.toString(), "ci", "--prefer-offline", "--loglevel=error");
        Tool.run(
                TESTS,
                Map.of(
                        "BIFOCAL_URL", platform.url(),
                        "CHROMIUM", chromium.toString(),
                        "SCREENSHOTS",
                                Repository.ROOT
                                        .resolve("infra/acceptance/target/screenshots")
                                        .toString()),
                Tool.find("apt-get install nodejs", "node").toString(),
                "--test",
                "--test-reporter=spec",
                "console.test.js");
    }

    @Test
    void everyNotebookRunsAndItsNumbersAreTheApis() throws IOException {
        Path executed = Repository.ROOT.resolve("infra/acceptance/target/notebooks");
        Path python = new PythonEnvironment(
                        Repository.ROOT.resolve("infra/acceptance/target/python"),
                        List.of(NOTEBOOKS.resolve("requirements.txt")))
                .program("python");
        List<String> command = new ArrayList<>(List.of(python.toString(), "run.py", executed.toString()));
        List<Path> notebooks;
        try (Stream<Path> files = Files.list(NOTEBOOKS)) {
            notebooks = files.filter(file -> file.toString().endsWith(".ipynb"))
                    .sorted()
                    .toList();
        }
        assertThat(notebooks).hasSize(5);
        notebooks.forEach(notebook -> command.add(notebook.getFileName().toString()));
        Tool.run(
                NOTEBOOKS,
                Map.of(
                        "BIFOCAL_URL",
                        platform.url(),
                        "BIFOCAL_HOME",
                        platform.home().toString()),
                command.toArray(String[]::new));

        List<JsonNode> said = new ArrayList<>();
        for (Path notebook : notebooks) {
            said.add(lastWord(executed.resolve(notebook.getFileName())));
        }
        assertThat(said.get(0).get("events").asLong()).isGreaterThanOrEqualTo(shopEvents);
        assertThat(said.get(1).get("events").asLong()).isEqualTo(shopEvents);
        assertThat(said.get(2).get("records").asLong()
                        - said.get(2).get("duplicates").asLong())
                .isEqualTo(shopEvents);
        assertThat(said.get(2).get("restated").asLong()).isPositive();
        JsonNode late = said.get(3);
        assertThat(late.get("orders").asLong()).isEqualTo(50);
        JsonNode backfill = said.get(4);
        assertThat(backfill.get("events").asLong()).isEqualTo(shopEvents + 50);
        assertThat(backfill.get("planned").asLong()).isGreaterThanOrEqualTo(shopEvents + 50);
        assertThat(new BigDecimal(backfill.get("largest").asText()))
                .isEqualByComparingTo(backfill.get("byHand").asText());
        JsonNode now = platform.query("{\"model\":\"shop\",\"metrics\":[\"events\",\"revenue\"]}");
        assertThat(now.at("/data/0/status").asText()).isEqualTo("exact");
        assertThat(now.at("/data/0/events").asLong()).isEqualTo(shopEvents + 50);
        assertThat(now.at("/data/0/revenue").decimalValue())
                .isEqualByComparingTo(new BigDecimal(said.get(1).get("revenue").asText())
                        .add(new BigDecimal(late.get("revenue").asText())));
    }

    /** Grafana itself comes from no registry; what its panels ask of this platform is asked here. */
    @Test
    void everyDashboardPanelFindsWhatItAsksFor() throws IOException {
        platform.query("{\"model\":\"shop\",\"metrics\":[\"events\"]}");
        String gauges = platform.text("/q/metrics", "text/plain");
        int asked = 0;
        for (String dashboard : List.of("platform", "business")) {
            JsonNode panels = Platform.JSON
                    .readTree(Repository.ROOT
                            .resolve("infra/grafana/dashboards/" + dashboard + ".json")
                            .toFile())
                    .get("panels");
            for (JsonNode panel : panels) {
                JsonNode target = panel.at("/targets/0");
                switch (target.at("/datasource/uid").asText()) {
                    case "bifocal-prometheus" ->
                        METRIC.matcher(target.get("expr").asText()).results().forEach(metric -> assertThat(gauges)
                                .as("metric of panel %s", panel.get("title"))
                                .containsPattern("(?m)^" + metric.group() + "[{ ]"));
                    case "bifocal-metrics" ->
                        assertThat(overTime(target.get("expr").asText()))
                                .as("points of panel %s", panel.get("title"))
                                .isPositive();
                    default -> assertTable(panel.get("title").asText(), target);
                }
                asked++;
            }
        }
        assertThat(asked).isGreaterThan(12);
    }

    @Test
    void everyAlertWatchesWhatIsMeasured() throws IOException {
        String gauges = platform.text("/q/metrics", "text/plain");
        List<String> watched =
                Files.readAllLines(Repository.ROOT.resolve("infra/prometheus/bifocal-alerts.yml")).stream()
                        .filter(line -> line.strip().startsWith("expr:"))
                        .flatMap(line -> METRIC.matcher(line).results().map(MatchResult::group))
                        .toList();
        assertThat(watched).hasSizeGreaterThan(6).allSatisfy(metric -> assertThat(gauges)
                .containsPattern("(?m)^" + metric + "[{ ]"));
    }

    /** How many points an expression has over the last two days, by the hour. */
    private static int overTime(String expression) {
        Instant now = Instant.now();
        return Platform.parse(platform.text(
                        "/api/v1/prometheus/api/v1/query_range?query=%s&step=3600&start=%s&end=%s"
                                .formatted(expression, now.minus(Duration.ofDays(2)), now),
                        "application/json"))
                .at("/data/result/0/values")
                .size();
    }

    private static void assertTable(String title, JsonNode target) {
        // What Grafana puts into addresses, as of two days ago.
        String first = LocalDate.now(ZoneOffset.UTC).minusDays(2).toString();
        String csv = platform.text(target.get("url").asText().replace("${__from:date:YYYY-MM-DD}", first), "text/csv");
        List<String> columns =
                COMMA.splitAsStream(csv.lines().findFirst().orElseThrow()).toList();
        target.get("columns").forEach(column -> assertThat(columns)
                .as("columns of panel %s", title)
                .contains(column.get("selector").asText()));
        assertThat(csv.lines().count()).as(title).isGreaterThan(1);
    }

    /** The object that a notebook's last cell prints. */
    private static JsonNode lastWord(Path notebook) throws IOException {
        JsonNode cells = Platform.JSON.readTree(notebook.toFile()).get("cells");
        StringBuilder text = new StringBuilder();
        cells.get(cells.size() - 1).at("/outputs/0/text").forEach(line -> text.append(line.asText()));
        return Platform.parse(text.toString());
    }
}
