package io.bifocal.acceptance;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/** Load for benchmarks. */
final class OpenLoop {
    private static final int DIGITS = 3;
    private static final long PATIENCE_SECONDS = 60;

    private OpenLoop() {}

    /**
     * Starts work at a fixed rate, however long it takes.
     *
     * @return microseconds from when each piece was to start, not from when it did, to its end
     */
    static Histogram at(int perSecond, Duration length, Supplier<? extends CompletionStage<?>> work)
            throws InterruptedException {
        long pieces = perSecond * length.toSeconds();
        SynchronizedHistogram histogram = new SynchronizedHistogram(DIGITS);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch ended = new CountDownLatch(Math.toIntExact(pieces));
        long begin = System.nanoTime();
        for (long i = 0; i < pieces; i++) {
            long due = begin + i * 1_000_000_000L / perSecond;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                TimeUnit.NANOSECONDS.sleep(left);
            }
            work.get().whenComplete((done, fault) -> {
                histogram.recordValue((System.nanoTime() - due) / 1_000);
                failure.compareAndSet(null, fault);
                ended.countDown();
            });
        }
        if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS) || failure.get() != null) {
            throw new IllegalStateException("at " + perSecond + " a second: " + failure.get(), failure.get());
        }
        return histogram;
    }

    /** How many pieces of work end in a second, with so many under way all the time. */
    static double most(int underWay, Duration length, Supplier<? extends CompletionStage<?>> work)
            throws InterruptedException {
        Semaphore free = new Semaphore(underWay);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        long begin = System.nanoTime();
        long done = -underWay;
        while (System.nanoTime() - begin < length.toNanos()) {
            free.acquire();
            done++;
            work.get().whenComplete((result, fault) -> {
                failure.compareAndSet(null, fault);
                free.release();
            });
        }
        double rate = done * 1e9 / (System.nanoTime() - begin);
        free.acquire(underWay);
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
        return rate;
    }
}
