package io.bifocal.core.query;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** When an answer is due: after it, rows that the manifest named may be deleted, so no answer is better than one. */
record Deadline(Clock clock, Instant end, Duration allowed) {
    static Deadline after(Duration allowed, Clock clock) {
        return new Deadline(clock, clock.instant().plus(allowed), allowed);
    }

    /** Milliseconds that are left, 0 where none are. */
    long leftMillis() {
        return Math.max(0, Duration.between(clock.instant(), end).toMillis());
    }

    void check() {
        if (leftMillis() == 0) {
            throw missed();
        }
    }

    BifocalException missed() {
        return Errors.of(
                ErrorCode.DEADLINE,
                "The answer was not complete within " + allowed.toMillis() + " ms.",
                "Ask for a shorter range, coarser rows or fewer dimensions, or try again.",
                Map.of("deadlineMillis", allowed.toMillis()));
    }
}
