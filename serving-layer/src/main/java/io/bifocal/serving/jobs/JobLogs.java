package io.bifocal.serving.jobs;

import io.bifocal.core.config.Config;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** What jobs' processes wrote, a file each, for as long as it is kept. */
@Singleton
class JobLogs {
    private static final int TAIL_BYTES = 4_000;
    private static final int PIECE_BYTES = 64_000;
    private static final String PREFIX = "job-";

    private final Path directory;
    private final Duration kept;
    private final Clock clock;

    JobLogs(Config config, Clock clock) {
        this.directory = Path.of(config.text(Config.Key.HOME)).resolve("logs");
        this.kept = Duration.ofDays(config.number(Config.Key.JOBS_LOG_DAYS));
        this.clock = clock;
    }

    /** The file of a job, in a directory that is there. */
    Path file(String id) throws IOException {
        return Files.createDirectories(directory).resolve(PREFIX + id + ".log");
    }

    /**
     * Some lines.
     *
     * @param next where to go on
     */
    record Piece(List<String> lines, long next) {}

    /** Whole lines from a place on; none where nothing more was written, or all is deleted. */
    Piece read(String id, long from) {
        try (RandomAccessFile file = new RandomAccessFile(file(id).toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.min(PIECE_BYTES, Math.max(0, file.length() - from))];
            file.seek(from);
            file.readFully(bytes);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] != '\n' && bytes.length < PIECE_BYTES) {
                end--;
            }
            return new Piece(
                    new String(bytes, 0, end, StandardCharsets.UTF_8).lines().toList(), from + end);
        } catch (IOException none) {
            return new Piece(List.of(), from);
        }
    }

    /** The end of what a job's process wrote. */
    String tail(String id) {
        try (RandomAccessFile file = new RandomAccessFile(file(id).toFile(), "r")) {
            file.seek(Math.max(0, file.length() - TAIL_BYTES));
            byte[] tail = new byte[TAIL_BYTES];
            int length = file.read(tail);
            return length <= 0 ? "(empty)" : new String(tail, 0, length, StandardCharsets.UTF_8).strip();
        } catch (IOException unreadable) {
            return "(cannot be read: " + unreadable.getMessage() + ")";
        }
    }

    /** Deletes those that nobody wrote to for longer than logs are kept. */
    void deleteOld() {
        Instant bound = clock.instant().minus(kept);
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(each -> each.getFileName().toString().startsWith(PREFIX))
                    .toList()) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(bound)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
