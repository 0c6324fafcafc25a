package io.bifocal.speed;

import java.util.concurrent.TimeUnit;

/** How many records of a topic a query has covered, for those who wait for more. */
final class Coverage {
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

    private long records;

    synchronized void advance(long to) {
        records = to;
        notifyAll();
    }

    /** Returns how many they are, once they are more than this. */
    synchronized long awaitMore(long than) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (records <= than) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("covers " + records + " records, not more than " + than);
            }
            wait(1_000);
        }
        return records;
    }
}
