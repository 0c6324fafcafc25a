package io.bifocal.serving.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.cut.Positions;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArrivalLogTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final ArrivalLog log = new ArrivalLog();

    @Test
    void knowsNothingAtFirst() {
        assertThat(log.coveredThrough(at(100))).isEqualTo(Instant.EPOCH);
    }

    @Test
    void namesTheLatestMomentWhoseRecordsAreAllCovered() {
        log.note(START, at(10));
        log.note(START.plusSeconds(1), at(20));
        log.note(START.plusSeconds(2), at(20));
        log.note(START.plusSeconds(3), at(30));
        assertThat(log.coveredThrough(at(9))).isEqualTo(Instant.EPOCH);
        assertThat(log.coveredThrough(at(10))).isEqualTo(START);
        assertThat(log.coveredThrough(at(29))).isEqualTo(START.plusSeconds(2));
        assertThat(log.coveredThrough(at(30))).isEqualTo(START.plusSeconds(3));
    }

    @Test
    void remembersALongLagMoreCoarsely() {
        for (int second = 0; second < 100_000; second++) {
            log.note(START.plusSeconds(second), at(second + 1));
        }
        assertThat(log.coveredThrough(at(100_000))).isEqualTo(START.plusSeconds(99_999));
        assertThat(log.coveredThrough(at(99_000))).isEqualTo(START.plusSeconds(98_999));
        assertThat(log.coveredThrough(at(90_000))).isAfter(Instant.EPOCH).isBefore(START.plusSeconds(90_000));
    }

    private static Positions at(long offset) {
        return Positions.of("topic", Map.of(0, offset));
    }
}
