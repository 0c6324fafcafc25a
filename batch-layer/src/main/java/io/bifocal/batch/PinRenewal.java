package io.bifocal.batch;

import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.GenerationWriter.Task;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a job's boundary pinned while it computes. A renewal that fails is tried again before the lease ends. */
final class PinRenewal {
    private static final Logger LOG = LoggerFactory.getLogger(PinRenewal.class);
    private static final int RENEWALS_PER_LEASE = 4;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread named = new Thread(task, "pin-renewal");
        named.setDaemon(true);
        return named;
    });

    private PinRenewal() {}

    static <T> T during(GenerationWriter writer, Task task, Duration lease, Supplier<T> work) {
        PinRenewal renewal = new PinRenewal();
        long period = lease.toMillis() / RENEWALS_PER_LEASE;
        var unused =
                renewal.thread.scheduleWithFixedDelay(() -> renew(writer, task), period, period, TimeUnit.MILLISECONDS);
        try {
            return work.get();
        } finally {
            renewal.close();
        }
    }

    private static void renew(GenerationWriter writer, Task task) {
        try {
            writer.renew(task);
        } catch (RuntimeException failure) {
            LOG.warn("cannot renew the pin of {}: {}", task.part(), failure.getMessage());
        }
    }

    /** Waits for a renewal under way: none pins again what is let go of next. */
    private void close() {
        thread.shutdown();
        try {
            var unused = thread.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
