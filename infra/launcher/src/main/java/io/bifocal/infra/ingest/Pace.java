package io.bifocal.infra.ingest;

import java.util.OptionalDouble;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Holds work to a number of records a second; what was missed is not made up for in a burst. */
public final class Pace {
    private static final double NANOS_PER_SECOND = 1e9;

    /** How far behind work may catch up. */
    private static final long BURST_NANOS = 100_000_000;

    private final double nanosPerRecord;
    private double fraction;
    private final LongSupplier nanoClock;
    private long nextNanos;

    /** @param perSecond empty: as fast as it goes */
    public Pace(OptionalDouble perSecond, LongSupplier nanoClock) {
        this.nanosPerRecord = perSecond.isPresent() ? NANOS_PER_SECOND / perSecond.getAsDouble() : 0;
        this.nanoClock = nanoClock;
        this.nextNanos = nanoClock.getAsLong();
    }

    /** Waits until the next record is due. */
    public void await() {
        if (nanosPerRecord == 0) {
            return;
        }
        long until = next();
        for (long wait = until - nanoClock.getAsLong(); wait > 0; wait = until - nanoClock.getAsLong()) {
            LockSupport.parkNanos(wait);
        }
    }

    /** When the next record is due. */
    long next() {
        long due = Math.max(nextNanos, nanoClock.getAsLong() - BURST_NANOS);
        double step = nanosPerRecord + fraction;
        nextNanos = due + (long) step;
        fraction = step - (long) step;
        return due;
    }
}
