package io.bifocal.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.simulator.Faults.Dropped;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The laws, over random histories of the production classes. {@code -Dbifocal.histories=100000} for more of them, {@code
 * -Dbifocal.seed=N} for others; a failure names its seed, and {@code -Dbifocal.seed=N -Dbifocal.histories=1} repeats it.
 */
class SimulatorTest {
    private static final int HISTORIES = Integer.getInteger("bifocal.histories", 100);
    private static final long SEED = Long.getLong("bifocal.seed", 20_261_120_000L);
    private static final int STEPS = 1_500;
    private static final int HISTORIES_TO_CATCH = 200;

    @Test
    void everyAnswerOfEveryHistoryIsRight() {
        long began = System.nanoTime();
        long answers = 0;
        long refused = 0;
        long again = 0;
        long generations = 0;
        for (long seed = SEED; seed < SEED + HISTORIES; seed++) {
            History.Report report = run(seed, Dropped.NOTHING);
            answers += report.answers();
            refused += report.refused();
            again += report.askedAgain();
            generations += report.generations();
        }
        System.out.printf(
                "simulator: seeds %d..%d, %d histories, %d answers, %d asked again, %d refused, %d generations, %d s%n",
                SEED,
                SEED + HISTORIES - 1,
                HISTORIES,
                answers,
                again,
                refused,
                generations,
                (System.nanoTime() - began) / 1_000_000_000);
        assertThat(answers).as("answers that were checked").isGreaterThan(refused * 4);
        assertThat(generations).isPositive();
        assertThat(again).isPositive();
    }

    @ParameterizedTest
    @EnumSource(
            value = Dropped.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NOTHING", "GRACE"})
    void aRuleThatIsDroppedIsNoticed(Dropped rule) {
        Optional<Throwable> noticed = LongStream.range(SEED, SEED + HISTORIES_TO_CATCH)
                .mapToObj(seed -> violation(seed, rule))
                .flatMap(Optional::stream)
                .findFirst();

        assertThat(noticed)
                .as("a violation within %d histories without the rule %s", HISTORIES_TO_CATCH, rule)
                .isPresent();
    }

    private static Optional<Throwable> violation(long seed, Dropped rule) {
        try {
            new History(seed, rule).run(STEPS);
            return Optional.empty();
        } catch (AssertionError | RuntimeException noticed) {
            return Optional.of(noticed);
        }
    }

    private static History.Report run(long seed, Dropped dropped) {
        try {
            return new History(seed, dropped).run(STEPS);
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError("history with seed " + seed + ": " + failure.getMessage(), failure);
        }
    }
}
