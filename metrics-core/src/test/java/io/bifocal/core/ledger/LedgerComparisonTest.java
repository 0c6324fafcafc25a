package io.bifocal.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.cut.Hole;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.ledger.LedgerComparison.Covered;
import io.bifocal.core.ledger.LedgerComparison.KafkaRecords;
import io.bifocal.core.ledger.LedgerComparison.Partition;
import io.bifocal.core.ledger.LedgerComparison.Run;
import io.bifocal.core.ledger.LedgerFault.Where;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LedgerComparisonTest {
    private static final KafkaRecords FORGOTTEN = (topic, partition, from, to) -> OptionalLong.empty();
    private static final KafkaRecords ALL_THERE = (topic, partition, from, to) -> OptionalLong.of(to - from);
    private static final KafkaRecords MARKS_ONLY = (topic, partition, from, to) -> OptionalLong.of(0);

    @Test
    void balancesWhereArchiveAndViewsHoldEveryRecord() {
        assertThat(faults(List.of(run(0, 100)), List.of(covered(0, 60, 60), covered(60, 100, 40)), FORGOTTEN))
                .isEmpty();
    }

    @Test
    void takesOffsetsWithoutARecordForNoFault() {
        assertThat(faults(List.of(run(0, 50), run(52, 100)), List.of(covered(0, 100, 98)), MARKS_ONLY))
                .isEmpty();
        assertThat(faults(List.of(run(0, 50), run(52, 100)), List.of(covered(0, 100, 98)), FORGOTTEN))
                .isEmpty();
    }

    @Test
    void takesWhatIsKnownToBeLostForNoFault() {
        assertThat(LedgerComparison.faults(
                        List.of(run(10, 100)),
                        at(100),
                        List.of(new Hole("t", 0, 0, 10)),
                        List.of(covered(0, 100, 90)),
                        ALL_THERE))
                .isEmpty();
    }

    @Test
    void namesWhatTheArchiveLacksThoughViewsLackItToo() {
        assertThat(faults(List.of(run(0, 50), run(70, 100)), List.of(covered(0, 100, 80)), ALL_THERE))
                .containsExactly(new LedgerFault(Where.ARCHIVE, "t", 0, 50, 70, 20, 0));
    }

    @Test
    void namesWhatTheArchiveLacksThoughKafkaHasForgottenIt() {
        assertThat(faults(List.of(run(0, 50)), List.of(covered(0, 40, 40), covered(40, 100, 55)), FORGOTTEN))
                .containsExactly(new LedgerFault(Where.ARCHIVE, "t", 0, 50, 100, 45, 0));
    }

    @Test
    void namesThePartWhoseViewsLackRecords() {
        assertThat(faults(List.of(run(0, 100)), List.of(covered(0, 60, 60), covered(60, 100, 33)), FORGOTTEN))
                .containsExactly(new LedgerFault(Where.VIEWS, "t", 0, 60, 100, 40, 33));
    }

    @Test
    void namesWhatTheArchiveHoldsTwice() {
        assertThat(faults(List.of(new Run("t", 0, 0, 100, 103)), List.of(covered(0, 100, 100)), FORGOTTEN))
                .containsExactly(new LedgerFault(Where.ARCHIVE, "t", 0, 0, 100, 100, 103));
    }

    @Test
    void judgesNoPartThatTheArchiveDoesNotCoverYet() {
        assertThat(faults(List.of(run(0, 100)), List.of(covered(0, 60, 60), covered(60, 120, 0)), FORGOTTEN))
                .isEmpty();
    }

    private static List<LedgerFault> faults(List<Run> runs, List<Covered> views, KafkaRecords kafka) {
        return LedgerComparison.faults(runs, at(100), List.of(), views, kafka);
    }

    private static Run run(long from, long to) {
        return new Run("t", 0, from, to, to - from);
    }

    private static Covered covered(long from, long to, long records) {
        return new Covered(at(from), at(to), Map.of(new Partition("t", 0), records));
    }

    private static Positions at(long offset) {
        return Positions.of("t", Map.of(0, offset));
    }
}
