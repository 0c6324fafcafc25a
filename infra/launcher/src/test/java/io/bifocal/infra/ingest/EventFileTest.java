package io.bifocal.infra.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.infra.ingest.EventFile.Format;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
    @TempDir
    private Path directory;

    private Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private static List<String> events(EventFile file) throws IOException {
        AtomicLong read = new AtomicLong();
        List<String> events = new ArrayList<>();
        try (EventReader reader = file.open(read)) {
            for (Optional<byte[]> event = reader.next(); event.isPresent(); event = reader.next()) {
                events.add(new String(event.get(), StandardCharsets.UTF_8));
            }
        }
        assertThat(read).hasValue(file.bytes());
        return events;
    }

    private List<String> csv(String content) throws IOException {
        return events(EventFile.of(file("events.csv", content), Optional.empty()));
    }

    @Test
    void publishesLinesAsTheyAreAndSkipsBlankOnes() throws IOException {
        Path file = file("events.json", "{\"a\": 1}\n\n  \t\r\nnot json\r\n{\"a\":\"ü\"}");

        assertThat(events(EventFile.of(file, Optional.empty())))
                .containsExactly("{\"a\": 1}", "not json", "{\"a\":\"ü\"}");
    }

    @Test
    void readsLinesLongerThanItsBuffer() throws IOException {
        String line = "x".repeat(200_000);

        assertThat(events(EventFile.of(file("long.ndjson", line + "\n" + line), Optional.empty())))
                .containsExactly(line, line);
    }

    @Test
    void publishesBytesThatAreNoTextUnchanged() throws IOException {
        byte[] bytes = {(byte) 0xff, (byte) 0xfe, 0, 'x'};
        Path file = Files.write(directory.resolve("bytes"), bytes);

        try (EventReader reader = EventFile.of(file, Optional.empty()).open(new AtomicLong())) {
            assertThat(reader.next())
                    .hasValueSatisfying(event -> assertThat(event).isEqualTo(bytes));
            assertThat(reader.next()).isEmpty();
        }
    }

    @Test
    void readsCompressedFilesWhateverTheirName() throws IOException {
        Path file = directory.resolve("events.csv");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("a\n1\n".getBytes(StandardCharsets.UTF_8));
        }

        assertThat(events(EventFile.of(file, Optional.empty()))).containsExactly("{\"a\":\"1\"}");
    }

    @Test
    void guessesTheFormatByTheName() throws IOException {
        assertThat(EventFile.of(file("a.CSV", "a"), Optional.empty()).format()).isEqualTo(Format.CSV);
        assertThat(EventFile.of(file("a.csv.gz", ""), Optional.empty()).format())
                .isEqualTo(Format.CSV);
        assertThat(EventFile.of(file("a.json.gz", ""), Optional.empty()).format())
                .isEqualTo(Format.NDJSON);
        assertThat(EventFile.of(file("b.csv", ""), Optional.of(Format.NDJSON)).format())
                .isEqualTo(Format.NDJSON);
    }

    @Test
    void namesAFileThatItCannotRead() {
        Path missing = directory.resolve("missing.json");

        assertThatThrownBy(() -> EventFile.of(missing, Optional.empty()))
                .hasMessage("Cannot read the file " + missing + ".");
    }

    @Test
    void makesCsvRowsObjectsOfStringsWithNullForEmptyFields() throws IOException {
        assertThat(csv("id,name,price\n1,Lamp,2.50\n2,,\"\"\n"))
                .containsExactly(
                        "{\"id\":\"1\",\"name\":\"Lamp\",\"price\":\"2.50\"}",
                        "{\"id\":\"2\",\"name\":null,\"price\":null}");
    }

    @Test
    void readsQuotesCommasAndNewlinesInsideCsvFields() throws IOException {
        assertThat(csv("a,b\r\n\"x, \"\"y\"\"\",\"line 1\nline 2\"\r\n5\" pipe,z\r\n"))
                .containsExactly(
                        "{\"a\":\"x, \\\"y\\\"\",\"b\":\"line 1\\nline 2\"}", "{\"a\":\"5\\\" pipe\",\"b\":\"z\"}");
    }

    @Test
    void skipsBlankCsvLinesAndAByteOrderMark() throws IOException {
        assertThat(csv("\uFEFFa,b\n\n1,2\n   \n3,4"))
                .containsExactly("{\"a\":\"1\",\"b\":\"2\"}", "{\"a\":\"3\",\"b\":\"4\"}");
    }

    @Test
    void publishesCsvRowsOfTheWrongLengthAsTheirText() throws IOException {
        assertThat(csv("a,b\n1\n1,2,3\n")).containsExactly("1", "1,2,3");
    }

    @Test
    void refusesACsvHeaderThatNamesAColumnTwice() {
        assertThatThrownBy(() -> csv("a,a\n1,2\n")).hasMessageContaining("names a column twice");
    }
}
