package io.bifocal.serving.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Drift;
import io.bifocal.core.reconciliation.Reconciliation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReconciliationTallyTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:00:00Z");

    private final ReconciliationTally tally = new ReconciliationTally();

    @Test
    void addsUpWhatCameAndRemembersTheLast() {
        tally.add(List.of(publication("2", NOW, 3, "torn"), publication("1", NOW, 4, null)), NOW);
        tally.add(List.of(), NOW);
        tally.add(List.of(publication("3", NOW, 1, null)), NOW);

        assertThat(tally.last()).isEqualTo("3");
        assertThat(tally.unexplained()).isEqualTo(8);
        assertThat(tally.uncompared()).isEqualTo(1);
    }

    @Test
    void forgetsAfterADayWhatIsRecent() {
        tally.add(List.of(publication("1", NOW.minus(Duration.ofHours(25)), 4, "torn")), NOW);
        assertThat(tally.recentlyUnexplained()).isZero();
        assertThat(tally.recentlyUncompared()).isZero();

        tally.add(List.of(publication("2", NOW, 3, "torn")), NOW);
        assertThat(tally.recentlyUnexplained()).isEqualTo(3);
        assertThat(tally.recentlyUncompared()).isEqualTo(1);

        tally.add(List.of(), NOW.plus(Duration.ofHours(25)));
        assertThat(tally.recentlyUnexplained()).isZero();
        assertThat(tally.unexplained()).isEqualTo(7);
    }

    @Test
    void takesForNewsWhatIsToldLate() {
        tally.add(List.of(), NOW);
        tally.add(List.of(publication("1", NOW.minus(Duration.ofHours(30)), 2, null)), NOW);

        assertThat(tally.recentlyUnexplained()).isEqualTo(2);
    }

    @Test
    void keepsTheWorstDriftOfTheLastComparison() {
        Drift hours = new Drift("hours", "orders", 4, 0, 0, 1, 0, 0, 1, 4, 2);
        Drift days = new Drift("days", "orders", 4, 0, 0, 1, 0, 0, 2, 4, 2);
        Drift extra = new Drift("hours", "revenue", 1, 0, 1, 0, 0, 0, 5, 0, 2);
        tally.add(List.of(publication("1", NOW, 0, null, hours, days, extra)), NOW);
        tally.add(List.of(publication("2", NOW, 0, "torn")), NOW);
        assertThat(tally.drift()).isEqualTo(Map.of("orders", 0.5, "revenue", 1.0));

        tally.add(List.of(publication("3", NOW, 0, null, hours)), NOW);
        assertThat(tally.drift()).isEqualTo(Map.of("orders", 0.25, "revenue", 0.0));

        tally.add(List.of(publication("4", NOW, 0, null)), NOW);
        assertThat(tally.drift()).as("nothing was there to be off").isEqualTo(Map.of("orders", 0.0, "revenue", 0.0));
    }

    private static Reconciliation publication(String id, Instant at, long unexplained, String fault, Drift... drift) {
        return new Reconciliation(
                id,
                at,
                1,
                "generation",
                unexplained,
                Map.of(Cause.UNEXPLAINED.text(), unexplained),
                List.of(drift),
                Optional.ofNullable(fault));
    }
}
