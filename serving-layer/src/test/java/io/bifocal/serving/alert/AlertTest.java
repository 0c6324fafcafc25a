package io.bifocal.serving.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.model.AlertKind;
import io.bifocal.core.model.Threshold;
import io.bifocal.serving.alert.Alert.State;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AlertTest {
    private static final Instant START = Instant.parse("2026-01-02T03:00:00Z");
    private static final Threshold TEN = new Threshold(AlertKind.LAG, Optional.empty(), 10);

    private final Alert begun = Alert.unknown(TEN, START);

    @Test
    void firesWhenTwoMeasurementsInARowExceedTheThreshold() {
        Alert once = measured(begun, 11, 5);
        assertThat(once.firing()).isFalse();
        assertThat(once.state()).isEqualTo(State.UNKNOWN);

        Alert twice = measured(once, 12, 10);
        assertThat(twice)
                .isEqualTo(new Alert(TEN, State.FIRING, after(5), Optional.of(12.0), Optional.of(after(5)), true));
        assertThat(measured(twice, 13, 15).since()).isEqualTo(after(5));
    }

    @Test
    void doesNotFireForABlipNorForTheThresholdItself() {
        Alert fine = measured(begun, 10, 5);
        assertThat(fine.state()).isEqualTo(State.OK);

        Alert again = measured(measured(measured(fine, 11, 10), 0, 15), 11, 20);
        assertThat(again.state()).isEqualTo(State.OK);
        assertThat(again.firing()).isFalse();
    }

    @Test
    void doesNotTakeOneMeasurementForTwo() {
        Alert once = measured(begun, 11, 5);

        assertThat(once.next(TEN, Optional.of(new Measured(11, after(5))), after(10))
                        .firing())
                .isFalse();
    }

    @Test
    void endsWithTheFirstMeasurementThatDoesNotExceedIt() {
        Alert ended = measured(firing(), 10, 20);

        assertThat(ended).isEqualTo(new Alert(TEN, State.OK, after(20), Optional.of(10.0), Optional.empty(), false));
    }

    @Test
    void neitherFiresNorEndsWhatCannotBeMeasured() {
        Alert unknown = firing().next(TEN, Optional.empty(), after(20));
        assertThat(unknown.state()).isEqualTo(State.UNKNOWN);
        assertThat(unknown.since()).isEqualTo(after(20));
        assertThat(unknown.firing()).isTrue();
        assertThat(unknown.next(TEN, Optional.empty(), after(25)).since()).isEqualTo(after(20));

        assertThat(measured(unknown, 11, 30).since()).isEqualTo(after(5));
        assertThat(measured(unknown, 9, 30).firing()).isFalse();
    }

    @Test
    void countsOnlyMeasurementsThatFollowOneAnother() {
        Alert interrupted = measured(begun, 11, 5).next(TEN, Optional.empty(), after(10));

        assertThat(measured(interrupted, 11, 15).firing()).isFalse();
    }

    @Test
    void goesByANewThresholdAtOnce() {
        Threshold twenty = new Threshold(AlertKind.LAG, Optional.empty(), 20);

        Alert eased = firing().next(twenty, Optional.of(new Measured(12, after(10))), after(15));

        assertThat(eased.state()).isEqualTo(State.OK);
        assertThat(eased.threshold()).isEqualTo(twenty);
    }

    private Alert firing() {
        return measured(measured(begun, 11, 5), 12, 10);
    }

    private static Alert measured(Alert before, double value, long seconds) {
        return before.next(TEN, Optional.of(new Measured(value, after(seconds))), after(seconds));
    }

    private static Instant after(long seconds) {
        return START.plusSeconds(seconds);
    }
}
