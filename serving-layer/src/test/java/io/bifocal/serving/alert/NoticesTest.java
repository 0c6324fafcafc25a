package io.bifocal.serving.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.model.AlertKind;
import io.bifocal.core.model.Threshold;
import io.bifocal.serving.alert.Alert.State;
import io.bifocal.serving.alert.Notices.Notice;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NoticesTest {
    private static final Instant START = Instant.parse("2026-01-02T03:00:00Z");
    private static final Duration REPEAT = Duration.ofHours(4);
    private static final Alert LAG = firing(AlertKind.LAG, START);
    private static final Alert DRIFT = firing(AlertKind.DRIFT, START);

    private final Notices notices = new Notices(REPEAT);

    @Test
    void tellsOnceOfWhatFires() {
        assertThat(notices.due(List.of(LAG), START)).containsExactly(fires(LAG));
        tell(START, LAG);
        assertThat(notices.due(List.of(LAG), after(5))).isEmpty();
    }

    @Test
    void tellsAgainWhatWasNotTaken() {
        assertThat(notices.due(List.of(LAG), START)).isNotEmpty();
        assertThat(notices.due(List.of(LAG), after(5))).containsExactly(fires(LAG));
    }

    @Test
    void tellsOfTheWholeModelWhenOneMoreFires() {
        tell(START, LAG);
        assertThat(notices.due(List.of(LAG, DRIFT), after(5))).containsExactly(fires(LAG), fires(DRIFT));
    }

    @Test
    void tellsAgainNowAndThenWhileItFires() {
        tell(START, LAG);
        Instant later = START.plus(REPEAT);
        assertThat(notices.due(List.of(LAG), later.minusSeconds(1))).isEmpty();
        assertThat(notices.due(List.of(LAG), later)).containsExactly(fires(LAG));
    }

    @Test
    void tellsThatItEndedUntilThatIsTaken() {
        tell(START, LAG, DRIFT);
        Notice ended = new Notice(LAG, Optional.of(after(5)));
        assertThat(notices.due(List.of(DRIFT), after(5))).containsExactly(fires(DRIFT), ended);
        assertThat(notices.due(List.of(DRIFT), after(10))).containsExactly(fires(DRIFT), ended);

        notices.told(notices.due(List.of(DRIFT), after(15)), after(15));
        assertThat(notices.due(List.of(DRIFT), after(20))).isEmpty();
    }

    @Test
    void tellsWhatFiresAnewThoughItsEndWasNotTaken() {
        tell(START, LAG);
        assertThat(notices.due(List.of(), after(5))).hasSize(1);
        Alert anew = firing(AlertKind.LAG, after(10));
        assertThat(notices.due(List.of(anew), after(15))).containsExactly(fires(anew));
    }

    @Test
    void tellsNoEndOfWhatItDidNotTell() {
        assertThat(notices.due(List.of(LAG), START)).isNotEmpty();
        assertThat(notices.due(List.of(), after(5))).isEmpty();
    }

    private void tell(Instant at, Alert... alerts) {
        notices.told(notices.due(List.of(alerts), at), at);
    }

    private static Notice fires(Alert alert) {
        return new Notice(alert, Optional.empty());
    }

    private static Alert firing(AlertKind kind, Instant since) {
        return new Alert(
                new Threshold(kind, Optional.empty(), 1),
                State.FIRING,
                since,
                Optional.of(2.0),
                Optional.of(since),
                true);
    }

    private static Instant after(long seconds) {
        return START.plusSeconds(seconds);
    }
}
