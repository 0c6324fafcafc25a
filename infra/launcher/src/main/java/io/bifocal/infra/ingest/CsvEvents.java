package io.bifocal.infra.ingest;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * CSV with a header, RFC 4180: each row becomes a JSON object of strings, an empty field null. A row that has more or fewer
 * fields than the header is no such object and is published as its text, which will be quarantined.
 */
final class CsvEvents implements EventReader {
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setIgnoreEmptyLines(false)
            .setTrailingData(true)
            .setLenientEof(true)
            .get();
    private static final JsonMapper JSON = new JsonMapper();
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final String name;
    private final Meter meter;
    private final CSVParser parser;
    private final Iterator<CSVRecord> rows;
    private final List<String> header;

    CsvEvents(String name, InputStream in) throws IOException {
        this.name = name;
        this.meter = new Meter(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.parser = CSVParser.builder().setReader(meter).setFormat(FORMAT).get();
        this.rows = parser.iterator();
        if (!rows.hasNext()) {
            throw Errors.of(
                    ErrorCode.BAD_REQUEST, name + " is empty.", "A CSV file begins with a row of column names.");
        }
        this.header = header(name, rows.next().toList());
    }

    private static List<String> header(String name, List<String> fields) {
        List<String> header = fields.stream()
                .map(field -> field.startsWith(BYTE_ORDER_MARK) ? field.substring(1) : field)
                .toList();
        if (header.stream().distinct().count() < header.size() || header.contains("")) {
            throw Errors.of(
                    ErrorCode.BAD_REQUEST,
                    "The header of " + name + " names a column twice, or has one without a name: " + header + ".",
                    "Give each column a name of its own in the first row.");
        }
        return header;
    }

    @Override
    public Optional<Event> next() throws IOException {
        while (true) {
            long line = parser.getCurrentLineNumber() + 1;
            Optional<CSVRecord> next = row(line);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            CSVRecord row = next.get();
            if (!blank(row)) {
                String payload = row.size() == header.size() ? object(row) : text(row);
                return Optional.of(new Event(line, payload.getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    private Optional<CSVRecord> row(long line) throws IOException {
        meter.read = 0;
        try {
            return rows.hasNext() ? Optional.of(rows.next()) : Optional.empty();
        } catch (UncheckedIOException failure) {
            throw meter.read > MOST_BYTES ? EventReader.tooLong(name, line) : failure.getCause();
        }
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }

    private String object(CSVRecord row) {
        ObjectNode event = JSON.createObjectNode();
        for (int column = 0; column < header.size(); column++) {
            String field = row.get(column);
            event.put(header.get(column), field.isEmpty() ? null : field);
        }
        return event.toString();
    }

    private static String text(CSVRecord row) {
        return CSVFormat.RFC4180.format((Object[]) row.values());
    }

    private static boolean blank(CSVRecord row) {
        return row.size() == 1 && row.get(0).isBlank();
    }

    /** Ends a row that has no end: a quote that is never closed would take in the rest of the file. */
    private static final class Meter extends FilterReader {
        private long read;

        Meter(Reader in) {
            super(in);
        }

        @Override
        public int read(char[] target, int offset, int length) throws IOException {
            if (read > MOST_BYTES) {
                throw new IOException("a row without an end");
            }
            int count = super.read(target, offset, length);
            read += Math.max(0, count);
            return count;
        }
    }
}
