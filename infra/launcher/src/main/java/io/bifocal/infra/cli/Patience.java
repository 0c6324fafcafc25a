package io.bifocal.infra.cli;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Rides out restarts: what fails because a part is away is tried again, until it has been away for too long. */
final class Patience {
    /** What the contract promises. */
    static final Duration RESTARTS = Duration.ofMinutes(5);

    private static final long PAUSE_MILLIS = 500;

    private final Duration limit;
    private final Consumer<String> told;

    /** @param told hears, once for each absence, that this is waiting */
    Patience(Duration limit, Consumer<String> told) {
        this.limit = limit;
        this.told = told;
    }

    /** The first answer; the fault itself when it lasts. */
    <T> T call(Supplier<T> request) {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean waiting = false;
        while (true) {
            try {
                return request.get();
            } catch (BifocalException | ApiProblem failure) {
                if (!passing(failure) || System.nanoTime() > deadline) {
                    throw failure;
                }
                if (!waiting) {
                    told.accept("The platform does not answer; waiting for it.");
                    waiting = true;
                }
                pause(PAUSE_MILLIS);
            }
        }
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static boolean passing(RuntimeException failure) {
        return failure instanceof ApiProblem problem
                ? problem.passing()
                : failure instanceof BifocalException known && known.code() == ErrorCode.UNAVAILABLE;
    }
}
