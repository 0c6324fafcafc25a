package io.bifocal.infra.ingest;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** Publishes all events of some files. */
public final class Ingestion {
    /** Hears how far it is. */
    public interface Listener {
        /**
         * Called after each record, so it must be quick.
         *
         * @param fraction of the files' bytes that were read, 0 to 1; empty where one of them is a pipe
         */
        void at(OptionalDouble fraction, long published);

        /** An event was left out, because Kafka takes none as large. Called by any thread. */
        void leftOut(EventFile file, long line, long bytes);
    }

    private final Publisher publisher;
    private final Pace pace;
    private final Listener listener;
    private final AtomicLong read = new AtomicLong();
    private final AtomicLong leftOut = new AtomicLong();

    public Ingestion(Publisher publisher, Pace pace, Listener listener) {
        this.publisher = publisher;
        this.pace = pace;
        this.listener = listener;
    }

    /**
     * Returns when every record is acknowledged, or left out.
     *
     * @return how many events were left out; the listener was told which
     */
    public long publish(List<EventFile> files) {
        OptionalLong total = bytes(files);
        for (EventFile file : files) {
            try {
                publish(file, total);
            } catch (IOException | UncheckedIOException failure) {
                publisher.flush();
                throw unreadable(file, failure);
            }
        }
        publisher.flush();
        requireAll();
        return leftOut.get();
    }

    private RuntimeException unreadable(EventFile file, Exception failure) {
        return Errors.of(
                ErrorCode.BAD_REQUEST,
                "Cannot read on in " + file.path() + ": " + failure.getMessage() + " (" + publisher.acknowledged()
                        + " events published)",
                "Check that the file is whole, and its format (--format). Without an identity, what is published twice"
                        + " counts twice.",
                failure);
    }

    /** Of all files; empty where nobody knows. */
    private static OptionalLong bytes(List<EventFile> files) {
        long total = 0;
        for (EventFile file : files) {
            OptionalLong bytes = file.bytes();
            if (bytes.isEmpty()) {
                return OptionalLong.empty();
            }
            total += bytes.getAsLong();
        }
        return OptionalLong.of(total);
    }

    private void publish(EventFile file, OptionalLong totalBytes) throws IOException {
        try (EventReader events = file.open(read)) {
            for (Optional<EventReader.Event> next = events.next(); next.isPresent(); next = events.next()) {
                EventReader.Event event = next.get();
                long line = event.line();
                int bytes = event.payload().length;
                pace.await();
                publisher.publish(event.payload(), () -> leaveOut(file, line, bytes));
                listener.at(fraction(totalBytes), publisher.acknowledged());
                requireAll();
            }
        }
    }

    private OptionalDouble fraction(OptionalLong totalBytes) {
        return totalBytes.isPresent()
                ? OptionalDouble.of((double) read.get() / Math.max(1, totalBytes.getAsLong()))
                : OptionalDouble.empty();
    }

    private void leaveOut(EventFile file, long line, int bytes) {
        leftOut.incrementAndGet();
        listener.leftOut(file, line, bytes);
    }

    private void requireAll() {
        if (publisher.failed() > 0) {
            throw Errors.of(
                    ErrorCode.UNAVAILABLE,
                    publisher.failed() + " records were not acknowledged (" + publisher.acknowledged()
                            + " were); the first because of " + publisher.firstFailure(),
                    "See ./bifocal status. Records of a model with an identity may be published again.");
        }
    }
}
