package io.bifocal.acceptance;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What people see of a platform: the console in a real browser. One platform, with exact, mixed and quarantined data. */
class ConsoleTest {
    private static final Path TESTS = Repository.ROOT.resolve("infra/acceptance/src/test/console");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory;

    private static Platform platform;

    @BeforeAll
    static void start() throws URISyntaxException {
        platform = new Platform(
                directory.resolve("home"),
                Path.of(ConsoleTest.class.getResource("/models").toURI()));
        platform.start();
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
}
