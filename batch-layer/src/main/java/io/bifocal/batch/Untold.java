package io.bifocal.batch;

import io.bifocal.reconciliation.Findings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * What publications that are about to happen will have moved, beside the model's tables, until it has been told: should the
 * process die in between, whoever comes next tells it.
 */
final class Untold {
    private static final String NOTE = "note";
    private static final String FINDINGS = "findings";

    private final Lake lake;

    Untold(Lake lake) {
        this.lake = lake;
    }

    /**
     * A publication.
     *
     * @param part that will be in force with it
     * @param occasion what is published
     */
    record Note(String part, String occasion, Instant at) {
        /** The same for whoever tells it, so that nothing is told twice. */
        String id() {
            return "%013d-%016x".formatted(at.toEpochMilli(), part.hashCode() & 0xFFFFFFFFL);
        }

        private String text() {
            return occasion + " " + at;
        }

        private static Note of(String part, String text) {
            int space = text.indexOf(' ');
            return new Note(part, text.substring(0, space), Instant.parse(text.substring(space + 1)));
        }
    }

    void add(Note note, Findings findings) {
        Path directory = directory(note.part());
        findings.save(new Path(directory, FINDINGS).toString());
        // Last: where it is, all is.
        try (OutputStream out = lake.files().create(new Path(directory, NOTE))) {
            out.write(note.text().getBytes(StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    void remove(String part) {
        lake.delete(directory(part));
    }

    /** Parts of publications of processes that died, and of any that is at work. */
    List<String> parts() {
        return lake.within(lake.untold()).stream().map(Path::getName).toList();
    }

    /** Empty where it was not written whole, and so not published. */
    Optional<Note> note(String part) {
        Path note = new Path(directory(part), NOTE);
        try {
            if (!lake.files().exists(note)) {
                return Optional.empty();
            }
            try (InputStream in = lake.files().open(note)) {
                return Optional.of(Note.of(part, new String(in.readAllBytes(), StandardCharsets.UTF_8)));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    Findings findings(String part) {
        return Findings.saved(lake.spark(), new Path(directory(part), FINDINGS).toString());
    }

    private Path directory(String part) {
        return new Path(lake.untold(), part);
    }
}
