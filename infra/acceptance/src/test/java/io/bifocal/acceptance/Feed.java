package io.bifocal.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Ingests a file at a steady rate, again and again, with the command line that users have; it must never fail. */
final class Feed implements AutoCloseable {
    private final Platform platform;
    private final Path file;
    private final int eventsPerSecond;
    private final Thread thread = new Thread(this::feed, "feed");
    private volatile Process ingest;
    private volatile String failure;
    private volatile boolean closed;

    Feed(Platform platform, Path file, int eventsPerSecond) {
        this.platform = platform;
        this.file = file;
        this.eventsPerSecond = eventsPerSecond;
        thread.start();
    }

    private void feed() {
        while (!closed && failure == null) {
            ingest = platform.background(
                    "ingest",
                    "ingest",
                    "retail",
                    file.toString(),
                    "--format",
                    "csv",
                    "--rate",
                    Integer.toString(eventsPerSecond),
                    "--url",
                    platform.url());
            if (closed) {
                ingest.destroyForcibly();
            }
            try {
                int exit = ingest.waitFor();
                if (exit != 0 && !closed) {
                    failure = "ingest ended with " + exit + ": "
                            + Platform.read(platform.home().resolve("ingest.err"));
                }
            } catch (InterruptedException interrupted) {
                ingest.destroyForcibly();
                return;
            }
        }
    }

    void assertNoFailure() {
        assertThat(failure).isNull();
    }

    /** Stops in the middle of things: what Kafka has acknowledged by then is what must be counted. */
    @Override
    public void close() {
        closed = true;
        Process running = ingest;
        if (running != null) {
            running.destroyForcibly();
        }
        try {
            thread.join(TimeUnit.MINUTES.toMillis(1));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
