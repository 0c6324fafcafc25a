package io.bifocal.infra.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bifocal.infra.ingest.EventFile.Format;
import io.bifocal.infra.ingest.EventReader.Event;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
            for (Optional<Event> event = reader.next(); event.isPresent(); event = reader.next()) {
                events.add(new String(event.get().payload(), StandardCharsets.UTF_8));
            }
        }
        file.bytes().ifPresent(bytes -> assertThat(read).hasValue(bytes));
        return events;
    }

    private static List<Long> lines(EventFile file) throws IOException {
        List<Long> lines = new ArrayList<>();
        try (EventReader reader = file.open(new AtomicLong())) {
            for (Optional<Event> event = reader.next(); event.isPresent(); event = reader.next()) {
                lines.add(event.get().line());
            }
        }
        return lines;
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
                    .hasValueSatisfying(event -> assertThat(event.payload()).isEqualTo(bytes));
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
    void readsAPipeThatPausesBetweenTwoCompressedMembers() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        CountDownLatch firstRead = new CountDownLatch(1);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try (OutputStream out = new FileOutputStream(pipe.toFile())) {
                out.write(gzip("{\"a\":1}\n"));
                out.flush();
                firstRead.await();
                out.write(gzip("{\"a\":2}\n{\"a\":3}"));
            } catch (IOException | InterruptedException failure) {
                throw new IllegalStateException(failure);
            }
        });

        EventFile file = EventFile.of(pipe, Optional.empty());
        assertThat(file.bytes()).isEmpty();
        AtomicLong read = new AtomicLong();
        CompletableFuture<List<String>> events = CompletableFuture.supplyAsync(() -> {
            try {
                List<String> result = new ArrayList<>();
                try (EventReader reader = file.open(read)) {
                    for (Optional<Event> event = reader.next(); event.isPresent(); event = reader.next()) {
                        result.add(new String(event.get().payload(), StandardCharsets.UTF_8));
                    }
                }
                return result;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
        int firstMember = gzip("{\"a\":1}\n").length;
        await().atMost(Duration.ofSeconds(30)).until(() -> read.get() == firstMember);
        firstRead.countDown();

        assertThat(events.get(30, TimeUnit.SECONDS)).containsExactly("{\"a\":1}", "{\"a\":2}", "{\"a\":3}");
        writer.get(30, TimeUnit.SECONDS);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void knowsOnWhichLineAnEventBegins() throws IOException {
        assertThat(lines(EventFile.of(file("a.json", "{}\n\nx\r\n{}"), Optional.empty())))
                .containsExactly(1L, 3L, 4L);
        assertThat(lines(EventFile.of(file("a.csv", "a,b\n1,\"x\ny\"\r\n\n3,4\n5,6"), Optional.empty())))
                .containsExactly(2L, 5L, 6L);
    }

    @ParameterizedTest
    @CsvSource({"events.ndjson,{}", "events.csv,a"})
    void namesTheLineOfAnEventWithoutAnEnd(String name, String first) throws IOException {
        Path path = directory.resolve(name);
        try (Writer writer = Files.newBufferedWriter(path)) {
            writer.write(first + "\n1\n\"");
            String chunk = "x".repeat(1 << 20);
            for (int i = 0; i < 20; i++) {
                writer.write(chunk);
            }
        }

        assertThatThrownBy(() -> events(EventFile.of(path, Optional.empty())))
                .hasMessage(path + " line 3 begins an event of more than 16 MiB");
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
