package io.bifocal.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Reads the notes that a writer left in its commits (their user metadata) straight from a Delta table's log, one small file
 * a commit. It asks for single files by name and never lists the log, which may hold many thousands of files, so that it can
 * be asked several times a second. Commits without such a note, as compaction and erasure make them, are passed over.
 *
 * @param <N> the note
 */
final class CommitLog<N> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_LINES_BEFORE_INFO = 16;

    private final Path directory;
    private final FileSystem files;
    private final Function<String, Optional<N>> parse;

    /** A commit with its note. */
    record Noted<N>(long version, N note) {}

    /** @param parse reads a note; empty where the text is none */
    CommitLog(String tableUri, Configuration hadoop, Function<String, Optional<N>> parse) {
        this.parse = parse;
        this.directory = new Path(tableUri, "_delta_log");
        try {
            this.files = directory.getFileSystem(hadoop);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The newest commit with a note; empty where the table or such a commit is yet to be made. */
    Optional<Noted<N>> newest() {
        for (long version = latest(); version >= 0; version--) {
            Optional<JsonNode> info = info(version);
            if (info.isEmpty()) {
                throw cleanedUp(version + 1);
            }
            Optional<Noted<N>> noted = noted(version, info.get());
            if (noted.isPresent()) {
                return noted;
            }
        }
        return Optional.empty();
    }

    /** The newest commit with a note, where one at {@code version} is known; cheap where little happened since. */
    Noted<N> newestSince(Noted<N> known) {
        Noted<N> newest = known;
        Optional<Noted<N>> next = successor(known.version());
        while (next.isPresent()) {
            newest = next.get();
            next = successor(newest.version());
        }
        return newest;
    }

    /** The first commit with a note after a version (-1: of all). */
    Optional<Noted<N>> successor(long after) {
        Optional<JsonNode> info = info(after + 1);
        for (long version = after + 1; info.isPresent(); info = info(++version)) {
            Optional<Noted<N>> noted = noted(version, info.get());
            if (noted.isPresent()) {
                return noted;
            }
        }
        return Optional.empty();
    }

    /** The last version with the records of a version: commits without a note rewrite files, and add nothing. */
    long rewritten(long version) {
        long last = version;
        Optional<JsonNode> next = info(last + 1);
        while (next.isPresent() && noted(last + 1, next.get()).isEmpty()) {
            last++;
            next = info(last + 1);
        }
        return last;
    }

    private RuntimeException cleanedUp(long oldest) {
        return Errors.of(
                ErrorCode.INTERNAL,
                "The log of " + directory + " has no note from version " + oldest
                        + " on, and earlier versions were cleaned up.",
                "Restore the log files before version " + oldest + " from a backup: they say what the table covers.");
    }

    private Optional<Noted<N>> noted(long version, JsonNode info) {
        JsonNode metadata = info.path("userMetadata");
        return metadata.isTextual()
                ? parse.apply(metadata.asText()).map(note -> new Noted<>(version, note))
                : Optional.empty();
    }

    private long latest() {
        long version = lastCheckpoint();
        while (exists(file(version + 1))) {
            version++;
        }
        return version;
    }

    private long lastCheckpoint() {
        try (BufferedReader reader = open(new Path(directory, "_last_checkpoint"))) {
            return JSON.readTree(reader).path("version").asLong(-1);
        } catch (FileNotFoundException none) {
            return -1;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Optional<JsonNode> info(long version) {
        try (BufferedReader reader = open(file(version))) {
            String line = reader.readLine();
            for (int i = 0; line != null && i < MAX_LINES_BEFORE_INFO; i++) {
                JsonNode info = JSON.readTree(line).path("commitInfo");
                if (info.isObject()) {
                    return Optional.of(info);
                }
                line = reader.readLine();
            }
            return Optional.of(JSON.createObjectNode());
        } catch (FileNotFoundException none) {
            return Optional.empty();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Path file(long version) {
        return new Path(directory, String.format(Locale.ROOT, "%020d.json", version));
    }

    private boolean exists(Path file) {
        try {
            return files.exists(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private BufferedReader open(Path file) throws IOException {
        return new BufferedReader(new InputStreamReader(files.open(file), StandardCharsets.UTF_8));
    }
}
