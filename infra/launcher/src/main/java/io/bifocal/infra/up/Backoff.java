package io.bifocal.infra.up;

import java.time.Duration;

/** How long to wait before a part that died is started again: 1, 2, 4 … 30 s, from the beginning after a good run. */
final class Backoff {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration GOOD_RUN = Duration.ofSeconds(60);

    private Duration next = FIRST;

    /** The pause after a process that lived for {@code uptime}. */
    Duration after(Duration uptime) {
        if (uptime.compareTo(GOOD_RUN) >= 0) {
            next = FIRST;
        }
        Duration pause = next;
        Duration doubled = pause.multipliedBy(2);
        next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        return pause;
    }
}
