package io.bifocal.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.acceptance.Answers.Edit;
import io.bifocal.acceptance.Answers.Line;
import io.bifocal.acceptance.Answers.Retail;
import io.bifocal.acceptance.Answers.Wikipedia;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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

/** From a file of events to exact answers, as a user goes: each test builds on the one before. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WholeRoadTest {
    private static final ZoneId LONDON = ZoneId.of("Europe/London");
    private static final String RETAIL_METRICS =
            "[\"lines\",\"units\",\"revenue\",\"sold_revenue\",\"customers\",\"invoices\"]";
    private static final String WIKIPEDIA_METRICS = "[\"edits\",\"added\",\"deleted\",\"editors\",\"robot_edits\"]";

    /** What an estimate in a live view may be off by. */
    private static final double DISTINCT_ERROR = 0.04;

    private static final double RANK_ERROR = 0.005;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory;

    private static Platform platform;
    private static Path retailFile;
    private static Path wikipediaFile;
    private static List<Line> lines;
    private static List<Edit> edits;

    @BeforeAll
    static void start() {
        retailFile = Repository.sharedData("online_retail/online_retail.csv.gz")
                .orElseGet(() -> GeneratedData.retail(directory));
        wikipediaFile = Repository.sharedData("wikiticker/wikiticker-2015-09-12-sampled.json.gz")
                .orElseGet(() -> GeneratedData.wikipedia(directory));
        System.out.println("running on " + retailFile + " and " + wikipediaFile
                + (retailFile.startsWith(directory) ? " (generated: no real data beside the checkout)" : ""));
        lines = new ArrayList<>(Answers.lines(retailFile));
        edits = Answers.edits(wikipediaFile);
        platform = new Platform(directory, "/models/retail.yml", "/models/wikipedia.yml");
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
    void everyAnswerIsRightBeforeAnyBatch() {
        platform.run("ingest", "retail", retailFile.toString(), "--format", "csv", "--wait", "--url", platform.url());
        platform.run(
                "ingest",
                "wikipedia",
                wikipediaFile.toString(),
                "--format",
                "ndjson",
                "--wait",
                "--url",
                platform.url());

        checkRetail("provisional");
        checkWikipedia("provisional");
    }

    @Test
    @Order(2)
    void everyAnswerIsExactAfterARecompute() {
        platform.run("recompute", "retail", "--wait", "--url", platform.url());
        platform.run("recompute", "wikipedia", "--wait", "--url", platform.url());

        checkRetail("exact");
        checkWikipedia("exact");
    }

    @Test
    @Order(3)
    void lateEventsChangeTheVeryNextAnswerAndStayRightWhenTheBatchCatchesUp() {
        List<String> late = new ArrayList<>();
        late.add("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country");
        for (int i = 0; i < 7; i++) {
            late.add("900000,LATE,LATE,2,2011-03-03 10:0" + i + ":00,1.25,99999.0,France");
        }
        Path file = GeneratedData.write(directory.resolve("late.csv"), late);
        lines.addAll(Answers.lines(file));
        platform.run("ingest", "retail", file.toString(), "--wait", "--url", platform.url());

        JsonNode mixed = retail("\"time\":{\"from\":\"2011-03-03T00:00:00Z\",\"to\":\"2011-03-04T00:00:00Z\"}");
        assertThat(mixed.at("/data/0/status").asText()).isEqualTo("mixed");
        checkTotals(Retail.of(onDay("2011-03-03")), mixed.at("/data/0"), false);
        assertThat(platform.post("/api/v1/query", exactRetail()).statusCode())
                .as("an answer that is not exact, where exact is required")
                .isEqualTo(409);

        platform.run("recompute", "retail", "--wait", "--url", platform.url());
        checkRetail("exact");
        assertThat(platform.post("/api/v1/query", exactRetail()).statusCode()).isEqualTo(200);
    }

    @Test
    @Order(4)
    void aFullRecomputeAgreesWithTheIncrementalOnes() {
        String query =
                "{\"model\":\"retail\",\"metrics\":[\"lines\",\"units\",\"revenue\",\"sold_revenue\",\"customers\","
                        + "\"invoices\",\"max_unit_price\",\"min_unit_price\",\"average_unit_price\"],\"dimensions\":[\"country\"],"
                        + "\"time\":{\"granularity\":\"day\",\"zone\":\"Europe/London\"}}";
        JsonNode incremental = platform.query(query);
        platform.run("recompute", "retail", "--full", "--wait", "--url", platform.url());
        JsonNode full = platform.query(query);

        assertThat(full.at("/meta/generation").asLong())
                .isGreaterThan(incremental.at("/meta/generation").asLong());
        assertThat(full.get("data")).isEqualTo(incremental.get("data"));
        checkRetail("exact");
    }

    private static void checkRetail(String status) {
        boolean exact = status.equals("exact");
        checkTotals(Retail.of(lines), only(retail(""), status), exact);
        check(
                Answers.group(
                        lines,
                        line -> line.local().truncatedTo(ChronoUnit.HOURS).toInstant()),
                retail("\"time\":{\"granularity\":\"hour\",\"zone\":\"Europe/London\"}"),
                row -> Instant.parse(row.get("time").asText()),
                status);
        check(
                Answers.group(lines, line -> line.local().toLocalDate()),
                retail("\"time\":{\"granularity\":\"day\",\"zone\":\"Europe/London\"}"),
                row -> Instant.parse(row.get("time").asText()).atZone(LONDON).toLocalDate(),
                status);
        check(
                Answers.group(lines, line -> line.local().toLocalDate().withDayOfMonth(1)),
                retail("\"time\":{\"granularity\":\"month\",\"zone\":\"Europe/London\"}"),
                row -> Instant.parse(row.get("time").asText()).atZone(LONDON).toLocalDate(),
                status);
        check(
                Answers.group(lines, Line::country),
                retail("\"dimensions\":[\"country\"]"),
                row -> row.get("country").asText(),
                status);
        check(
                Answers.group(lines, Line::cancelled),
                retail("\"dimensions\":[\"cancelled\"]"),
                row -> row.get("cancelled").asBoolean(),
                status);
        check(
                Answers.group(lines, Line::stock),
                retail("\"dimensions\":[\"stock_code\"]"),
                row -> row.get("stock_code").asText(),
                status);
        checkTopStock();
        checkPrices();
        checkDerived(exact);
    }

    private static void checkTopStock() {
        Map<String, Long> units = new HashMap<>();
        lines.forEach(line -> units.merge(line.stock(), line.quantity(), Long::sum));
        List<String> expected = units.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .limit(10)
                .map(Map.Entry::getKey)
                .toList();
        JsonNode answer =
                platform.query("{\"model\":\"retail\",\"metrics\":[\"units\"],\"dimensions\":[\"stock_code\"],"
                        + "\"order\":[{\"by\":\"units\",\"direction\":\"desc\"}],\"limit\":10}");
        assertThat(answer.get("data").findValuesAsText("stock_code")).isEqualTo(expected);
    }

    private static void checkPrices() {
        JsonNode row = platform.query(
                        "{\"model\":\"retail\",\"metrics\":[\"max_unit_price\",\"min_unit_price\",\"average_unit_price\","
                                + "\"unit_price_p95\"]}")
                .at("/data/0");
        List<BigDecimal> prices = lines.stream().map(Line::price).sorted().toList();
        assertThat(row.get("max_unit_price").decimalValue()).isEqualByComparingTo(prices.get(prices.size() - 1));
        assertThat(row.get("min_unit_price").decimalValue()).isEqualByComparingTo(prices.get(0));
        double mean = prices.stream().reduce(BigDecimal.ZERO, BigDecimal::add).doubleValue() / prices.size();
        assertThat(row.get("average_unit_price").doubleValue()).isCloseTo(mean, within(1e-9));
        checkRank(prices, 0.95, row.get("unit_price_p95").decimalValue());
    }

    /** A value has as many ranks as it occurs: the nearest of them must lie within the error. */
    private static <T extends Comparable<T>> void checkRank(List<T> sorted, double percentile, T value) {
        double below = sorted.stream().filter(each -> each.compareTo(value) < 0).count() / (double) sorted.size();
        double upTo = sorted.stream().filter(each -> each.compareTo(value) <= 0).count() / (double) sorted.size();
        assertThat(upTo).as("rank of %s", value).isGreaterThanOrEqualTo(percentile - RANK_ERROR);
        assertThat(below).as("rank of %s", value).isLessThanOrEqualTo(percentile + RANK_ERROR);
    }

    private static void checkDerived(boolean exact) {
        Retail all = Retail.of(lines);
        JsonNode row = platform.query("{\"model\":\"retail\",\"metrics\":[\"refunds\",\"revenue_per_invoice\"]}")
                .at("/data/0");
        assertThat(row.get("refunds").decimalValue())
                .isEqualByComparingTo(all.revenue().subtract(all.soldRevenue()));
        double perInvoice = all.revenue().doubleValue() / all.invoices();
        assertThat(row.get("revenue_per_invoice").doubleValue())
                .isCloseTo(perInvoice, within(perInvoice * (exact ? 1e-12 : DISTINCT_ERROR * 1.1)));
    }

    private static void checkWikipedia(String status) {
        boolean exact = status.equals("exact");
        checkEdits(Wikipedia.of(edits), only(wikipedia(""), status), exact);
        checkWikipedia(
                Answers.group(
                        edits, edit -> edit.utc().truncatedTo(ChronoUnit.HOURS).toInstant()),
                wikipedia("\"time\":{\"granularity\":\"hour\"}"),
                row -> Instant.parse(row.get("time").asText()),
                status);
        checkWikipedia(
                Answers.group(edits, edit -> Instant.ofEpochSecond(edit.at().getEpochSecond() / 300 * 300)),
                wikipedia("\"time\":{\"granularity\":\"5minute\"}"),
                row -> Instant.parse(row.get("time").asText()),
                status);
        checkWikipedia(
                Answers.group(edits, Edit::channel),
                wikipedia("\"dimensions\":[\"channel\"]"),
                row -> row.get("channel").asText(),
                status);
        checkWikipedia(
                Answers.group(edits, Edit::page),
                wikipedia("\"dimensions\":[\"page\"]"),
                row -> row.get("page").asText(),
                status);
        checkWikipedia(
                Answers.group(edits, edit -> edit.country().orElse("")),
                wikipedia("\"dimensions\":[\"country\"]"),
                row -> row.get("country").asText(""),
                status);
        JsonNode row = platform.query("{\"model\":\"wikipedia\",\"metrics\":[\"added_p99\",\"robot_share\"]}")
                .at("/data/0");
        checkRank(
                edits.stream().map(Edit::added).sorted().toList(),
                0.99,
                row.get("added_p99").longValue());
        assertThat(row.get("robot_share").doubleValue())
                .isCloseTo(edits.stream().filter(Edit::robot).count() / (double) edits.size(), within(1e-12));
    }

    private static <K> void check(
            Map<K, List<Line>> expected, JsonNode answer, java.util.function.Function<JsonNode, K> key, String status) {
        Map<K, JsonNode> rows = rows(answer, key, status);
        assertThat(rows.keySet()).isEqualTo(expected.keySet());
        expected.forEach((k, group) -> checkTotals(Retail.of(group), rows.get(k), status.equals("exact")));
    }

    private static <K> void checkWikipedia(
            Map<K, List<Edit>> expected, JsonNode answer, java.util.function.Function<JsonNode, K> key, String status) {
        Map<K, JsonNode> rows = rows(answer, key, status);
        assertThat(rows.keySet()).isEqualTo(expected.keySet());
        expected.forEach((k, group) -> checkEdits(Wikipedia.of(group), rows.get(k), status.equals("exact")));
    }

    private static <K> Map<K, JsonNode> rows(
            JsonNode answer, java.util.function.Function<JsonNode, K> key, String status) {
        Map<K, JsonNode> rows = new LinkedHashMap<>();
        for (JsonNode row : answer.get("data")) {
            assertThat(row.get("status").asText()).as("status of %s", row).isEqualTo(status);
            assertThat(rows.put(key.apply(row), row))
                    .as("a second row like %s", row)
                    .isNull();
        }
        return rows;
    }

    private static void checkTotals(Retail expected, JsonNode row, boolean exact) {
        assertThat(row.get("lines").longValue()).as("lines of %s", row).isEqualTo(expected.lines());
        assertThat(row.get("units").longValue()).as("units of %s", row).isEqualTo(expected.units());
        assertThat(row.get("revenue").decimalValue()).as("revenue of %s", row).isEqualByComparingTo(expected.revenue());
        if (expected.soldRevenue().signum() != 0) {
            assertThat(row.get("sold_revenue").decimalValue())
                    .as("sold revenue of %s", row)
                    .isEqualByComparingTo(expected.soldRevenue());
        }
        checkDistinct(expected.customers(), row, "customers", exact);
        checkDistinct(expected.invoices(), row, "invoices", exact);
    }

    private static void checkEdits(Wikipedia expected, JsonNode row, boolean exact) {
        assertThat(row.get("edits").longValue()).as("edits of %s", row).isEqualTo(expected.edits());
        assertThat(row.get("added").longValue()).as("added of %s", row).isEqualTo(expected.added());
        assertThat(row.get("deleted").longValue()).as("deleted of %s", row).isEqualTo(expected.deleted());
        assertThat(row.get("robot_edits").longValue()).as("robots of %s", row).isEqualTo(expected.robots());
        checkDistinct(expected.editors(), row, "editors", exact);
    }

    /** Exact where the row says so; else within the error, and within the bounds that the row states. */
    private static void checkDistinct(long expected, JsonNode row, String metric, boolean exact) {
        long value = row.get(metric).longValue();
        JsonNode bounds = row.path("estimates").path(metric);
        if (bounds.isMissingNode()) {
            assertThat(value).as("%s of %s", metric, row).isEqualTo(expected);
            return;
        }
        assertThat(exact).as("an exact row estimates %s: %s", metric, row).isFalse();
        assertThat((double) value)
                .as("%s of %s", metric, row)
                .isCloseTo((double) expected, within(expected * DISTINCT_ERROR));
        assertThat(expected)
                .isBetween(bounds.get("low").longValue(), bounds.get("high").longValue());
    }

    private static JsonNode only(JsonNode answer, String status) {
        assertThat(answer.get("data")).hasSize(1);
        assertThat(answer.at("/data/0/status").asText()).isEqualTo(status);
        assertThat(answer.at("/meta/partial").asBoolean()).isFalse();
        return answer.at("/data/0");
    }

    private static JsonNode retail(String more) {
        return platform.query(
                "{\"model\":\"retail\",\"metrics\":" + RETAIL_METRICS + (more.isEmpty() ? "" : "," + more) + "}");
    }

    private static JsonNode wikipedia(String more) {
        return platform.query(
                "{\"model\":\"wikipedia\",\"metrics\":" + WIKIPEDIA_METRICS + (more.isEmpty() ? "" : "," + more) + "}");
    }

    private static String exactRetail() {
        return "{\"model\":\"retail\",\"metrics\":[\"lines\"],\"consistency\":{\"require\":\"exact\"}}";
    }

    private static List<Line> onDay(String utcDay) {
        return lines.stream()
                .filter(line -> line.at().toString().startsWith(utcDay))
                .toList();
    }
}
