package io.bifocal.infra.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final AtomicLong nanos = new AtomicLong(5);

    private Pace pace(double perSecond) {
        return new Pace(OptionalDouble.of(perSecond), nanos::get);
    }

    @Test
    void spreadsRecordsEvenly() {
        Pace pace = pace(4);

        assertThat(pace.next()).isEqualTo(5);
        assertThat(pace.next()).isEqualTo(250_000_005L);
        assertThat(pace.next()).isEqualTo(500_000_005L);
    }

    @Test
    void keepsARateThatIsNoWholeNumberOfNanoseconds() {
        Pace pace = pace(3e8);

        for (int i = 0; i < 300_000; i++) {
            pace.next();
        }

        assertThat(pace.next()).isBetween(999_000L, 1_001_000L);
    }

    @Test
    void doesNotMakeUpForALongPauseInABurst() {
        Pace pace = pace(1_000);
        pace.next();
        nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));

        assertThat(nanos.get() - pace.next()).isEqualTo(100_000_000L);
    }
}
