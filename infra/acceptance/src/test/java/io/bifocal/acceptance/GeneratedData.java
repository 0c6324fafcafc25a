package io.bifocal.acceptance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Events in the shape of the real data sets, seeded, for machines that do not have those. */
final class GeneratedData {
    private static final long SEED = 20_101_201;
    private static final List<String> COUNTRIES = List.of("United Kingdom", "Germany", "France", "EIRE", "Spain");
    private static final List<String> CHANNELS = List.of("#en.wikipedia", "#vi.wikipedia", "#de.wikipedia");

    private GeneratedData() {}

    /** Invoice lines over a year, as CSV. */
    static Path retail(Path directory) {
        Random random = new Random(SEED);
        List<String> rows = new ArrayList<>();
        rows.add("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country");
        LocalDateTime time = LocalDateTime.of(2010, 12, 1, 8, 26);
        for (int i = 0; i < 20_000; i++) {
            time = time.plusMinutes(random.nextInt(52));
            boolean cancelled = random.nextInt(50) == 0;
            rows.add(String.join(
                    ",",
                    (cancelled ? "C" : "") + (536_365 + i / 20),
                    Integer.toString(20_000 + random.nextInt(800)),
                    "\"A \"\"LANTERN\"\", WHITE\"",
                    Integer.toString((cancelled ? -1 : 1) * (1 + random.nextInt(40))),
                    outsideClockChange(time).format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss")),
                    BigDecimal.valueOf(random.nextInt(5000), 2).toPlainString(),
                    random.nextInt(4) == 0 ? "" : (12_000 + random.nextInt(900)) + ".0",
                    COUNTRIES.get(Math.min(random.nextInt(9), 4))));
        }
        return write(directory.resolve("retail.csv"), rows);
    }

    /** Edits of one day, as NDJSON. */
    static Path wikipedia(Path directory) {
        Random random = new Random(SEED + 1);
        List<String> rows = new ArrayList<>();
        Instant time = Instant.parse("2015-09-12T00:46:58.771Z");
        for (int i = 0; i < 8_000; i++) {
            time = time.plusMillis(random.nextInt(20_000));
            ObjectNode edit = Platform.JSON.createObjectNode();
            edit.put("time", time.toString())
                    .put("channel", CHANNELS.get(random.nextInt(3)))
                    .put("page", "Page " + random.nextInt(3_000))
                    .put("user", "User " + random.nextInt(2_000))
                    .put("countryName", random.nextInt(9) == 0 ? "Italy" : null)
                    .put("namespace", "Main")
                    .put("isRobot", random.nextInt(3) == 0)
                    .put("added", random.nextInt(20) == 0 ? random.nextInt(5_000) : random.nextInt(40))
                    .put("deleted", random.nextInt(50))
                    .put("delta", 0);
            rows.add(edit.toString());
        }
        return write(directory.resolve("wikipedia.json"), rows);
    }

    /** A local time that a clock change skips or repeats is two instants or none: not what these tests are about. */
    private static LocalDateTime outsideClockChange(LocalDateTime time) {
        return time.getHour() < 3 ? time.withHour(12) : time;
    }

    static Path write(Path file, List<String> lines) {
        try {
            return Files.write(file, lines);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
