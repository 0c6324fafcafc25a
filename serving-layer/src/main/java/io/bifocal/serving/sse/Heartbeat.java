package io.bifocal.serving.sse;

import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.Optional;

/**
 * Sends something at least so often: what stands between may close a silent connection, and a dead one is noticed. For calls
 * that follow one another, of whatever threads.
 */
public final class Heartbeat {
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);

    private final Sse sse;
    private volatile long sentNanos = System.nanoTime();

    public Heartbeat(Sse sse) {
        this.sse = sse;
    }

    /** A comment, which clients skip, where nothing else has been sent for too long. */
    public Optional<OutboundSseEvent> unless(boolean sent) {
        boolean due = System.nanoTime() - sentNanos >= LONGEST_SILENCE.toNanos();
        if (sent || due) {
            sentNanos = System.nanoTime();
        }
        return sent || !due
                ? Optional.empty()
                : Optional.of(sse.newEventBuilder().comment("still here").build());
    }
}
