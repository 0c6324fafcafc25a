package io.bifocal.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/**
 * What is true of the two data sets, by plain counting over the files: obviously right, and slow. Where the published answers
 * lie beside the files, the tests compare these with them as well.
 */
final class Answers {
    private static final ZoneId LONDON = ZoneId.of("Europe/London");
    private static final DateTimeFormatter INVOICE_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private Answers() {}

    /** One invoice line. */
    record Line(
            Instant at,
            String invoice,
            String stock,
            long quantity,
            BigDecimal price,
            Optional<String> customer,
            String country) {
        BigDecimal revenue() {
            return price.multiply(BigDecimal.valueOf(quantity));
        }

        boolean cancelled() {
            return invoice.startsWith("C");
        }

        ZonedDateTime local() {
            return at.atZone(LONDON);
        }
    }

    /** One edit. */
    record Edit(
            Instant at,
            String channel,
            String page,
            String user,
            Optional<String> country,
            boolean robot,
            long added,
            long deleted) {
        ZonedDateTime utc() {
            return at.atZone(ZoneOffset.UTC);
        }
    }

    /** What the retail model's metrics must say of some lines. */
    record Retail(long lines, long units, BigDecimal revenue, BigDecimal soldRevenue, long customers, long invoices) {
        static Retail of(List<Line> lines) {
            return new Retail(
                    lines.size(),
                    lines.stream().mapToLong(Line::quantity).sum(),
                    lines.stream().map(Line::revenue).reduce(BigDecimal.ZERO, BigDecimal::add),
                    lines.stream()
                            .filter(line -> !line.cancelled())
                            .map(Line::revenue)
                            .reduce(BigDecimal.ZERO, BigDecimal::add),
                    distinct(lines.stream().flatMap(line -> line.customer().stream())),
                    distinct(lines.stream().map(Line::invoice)));
        }
    }

    /** What the wikipedia model's metrics must say of some edits. */
    record Wikipedia(long edits, long added, long deleted, long editors, long robots) {
        static Wikipedia of(List<Edit> edits) {
            return new Wikipedia(
                    edits.size(),
                    edits.stream().mapToLong(Edit::added).sum(),
                    edits.stream().mapToLong(Edit::deleted).sum(),
                    distinct(edits.stream().map(Edit::user)),
                    edits.stream().filter(Edit::robot).count());
        }
    }

    static <T, K> Map<K, List<T>> group(List<T> events, Function<T, K> key) {
        Map<K, List<T>> groups = new LinkedHashMap<>();
        events.forEach(event ->
                groups.computeIfAbsent(key.apply(event), k -> new ArrayList<>()).add(event));
        return groups;
    }

    private static long distinct(Stream<String> values) {
        Set<String> seen = new HashSet<>();
        values.forEach(seen::add);
        return seen.size();
    }

    static List<Line> lines(Path csv) {
        try (BufferedReader reader = open(csv)) {
            List<Line> lines = new ArrayList<>();
            CSVFormat format = CSVFormat.RFC4180
                    .builder()
                    .setHeader()
                    .setSkipHeaderRecord(true)
                    .get();
            for (CSVRecord row : format.parse(reader)) {
                lines.add(new Line(
                        LocalDateTime.parse(row.get("InvoiceDate"), INVOICE_TIME)
                                .atZone(LONDON)
                                .toInstant(),
                        row.get("InvoiceNo"),
                        row.get("StockCode"),
                        Long.parseLong(row.get("Quantity")),
                        new BigDecimal(row.get("UnitPrice")),
                        Optional.of(row.get("CustomerID")).filter(text -> !text.isEmpty()),
                        row.get("Country")));
            }
            return lines;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static List<Edit> edits(Path ndjson) {
        try (BufferedReader reader = open(ndjson)) {
            return reader.lines().map(Platform::parse).map(Answers::edit).toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Edit edit(JsonNode json) {
        return new Edit(
                Instant.parse(json.get("time").asText()),
                json.get("channel").asText(),
                json.get("page").asText(),
                json.get("user").asText(),
                Optional.ofNullable(json.get("countryName").textValue()),
                json.get("isRobot").asBoolean(),
                json.get("added").asLong(),
                json.get("deleted").asLong());
    }

    private static BufferedReader open(Path file) throws IOException {
        InputStream stream = Files.newInputStream(file);
        InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(stream) : stream;
        return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
    }
}
