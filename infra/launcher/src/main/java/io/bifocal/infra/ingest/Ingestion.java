package io.bifocal.infra.ingest;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Publishes all events of some files. */
public final class Ingestion {
    /** Hears how far it is; called for every record, so it must be quick. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Called after each record.
         *
         * @param fraction of the files' bytes that were read, 0 to 1
         */
        void at(double fraction, long published);
    }

    private final Publisher publisher;
    private final Pace pace;
    private final Listener listener;
    private final AtomicLong read = new AtomicLong();

    public Ingestion(Publisher publisher, Pace pace, Listener listener) {
        this.publisher = publisher;
        this.pace = pace;
        this.listener = listener;
    }

    /** Returns when every record is acknowledged. */
    public void publish(List<EventFile> files) {
        try {
            long total = 0;
            for (EventFile file : files) {
                total += file.bytes();
            }
            for (EventFile file : files) {
                publish(file, Math.max(1, total));
            }
        } catch (IOException | UncheckedIOException failure) {
            throw Errors.of(
                    ErrorCode.BAD_REQUEST,
                    "Cannot read on: " + failure.getMessage() + " (" + publisher.acknowledged() + " published)",
                    "Check that the file is whole.",
                    failure);
        }
        publisher.flush();
        requireAll();
    }

    private void publish(EventFile file, long totalBytes) throws IOException {
        try (EventReader events = file.open(read)) {
            for (Optional<byte[]> event = events.next(); event.isPresent(); event = events.next()) {
                pace.await();
                publisher.publish(event.get());
                listener.at((double) read.get() / totalBytes, publisher.acknowledged());
                requireAll();
            }
        }
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
