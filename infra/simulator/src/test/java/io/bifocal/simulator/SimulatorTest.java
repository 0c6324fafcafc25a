package io.bifocal.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.simulator.History.Plan;
import io.bifocal.simulator.History.Report;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The laws, over random histories of the production classes. {@code -Dbifocal.histories=100000} for more of them, {@code
 * -Dbifocal.seed=N} for others. A failure names its seed, and the smallest history like it that was found.
 */
class SimulatorTest {
    private static final int HISTORIES = Integer.getInteger("bifocal.histories", 1000);
    private static final long SEED = Long.getLong("bifocal.seed", 20_261_120_000L);
    private static final int STEPS = Integer.getInteger("bifocal.steps", 3_000);
    private static final int HISTORIES_TO_NOTICE = 3_000;
    private static final int HISTORIES_OF_A_LINE = 1_000;

    @Test
    void everyAnswerOfEveryHistoryIsRight() {
        long began = System.nanoTime();
        Report all = null;
        for (int i = 0; i < HISTORIES; i++) {
            Report report = run(Plan.of(SEED + i, STEPS));
            all = all == null ? report : all.plus(report);
            if ((i + 1) % HISTORIES_OF_A_LINE == 0 || i + 1 == HISTORIES) {
                System.out.printf(
                        "simulator: seeds %d to %d in %d s, no violation: %s%n",
                        SEED, SEED + i, (System.nanoTime() - began) / 1_000_000_000, all);
            }
        }
        assertThat(all.readers().answers()).isGreaterThan(all.readers().late() * 2);
        assertThat(all.readers().again()).isPositive();
        assertThat(all.readers().gone()).isPositive();
        assertThat(all.generations()).isPositive();
        assertThat(all.promotions()).isPositive();
        assertThat(all.erasures()).isPositive();
    }

    @Test
    void aSeedDecidesAllOfAHistory() {
        LongStream.range(SEED, SEED + 3)
                .forEach(seed -> assertThat(run(Plan.of(seed, STEPS))).isEqualTo(run(Plan.of(seed, STEPS))));
    }

    @ParameterizedTest
    @EnumSource(Rule.class)
    void aRuleThatIsSwitchedOffIsNoticed(Rule rule) {
        long began = System.nanoTime();
        Optional<Long> seed = LongStream.range(SEED, SEED + HISTORIES_TO_NOTICE)
                .boxed()
                .filter(each ->
                        Shrinker.violation(Plan.of(each, STEPS).without(rule)).isPresent())
                .findFirst();

        assertThat(seed)
                .as("a history of %d that notices %s", HISTORIES_TO_NOTICE, rule)
                .isPresent();
        System.out.printf(
                "simulator: without %s history %d is wrong, after %d ms: %s%n",
                rule,
                seed.get() - SEED + 1,
                (System.nanoTime() - began) / 1_000_000,
                Shrinker.violation(Plan.of(seed.get(), STEPS).without(rule))
                        .map(Throwable::getMessage)
                        .map(message -> message.substring(0, Math.min(100, message.length()))
                                .lines()
                                .findFirst()
                                .orElse(""))
                        .orElse(""));
    }

    private static Report run(Plan plan) {
        try {
            return new History(plan).run();
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError(
                    "history with seed " + plan.seed() + ": " + failure.getMessage() + "\n" + Shrinker.shrink(plan),
                    failure);
        }
    }
}
