package io.bifocal.simulator;

import io.bifocal.simulator.History.Plan;
import java.util.Optional;
import java.util.stream.LongStream;

/** Looks for a smaller history that is wrong too: with fewer steps, and less that happens. */
final class Shrinker {
    private static final int SEEDS_TRIED = 60;

    private Shrinker() {}

    /** What is wrong in a history; empty where nothing is. */
    static Optional<Throwable> violation(Plan plan) {
        try {
            new History(plan).run();
            return Optional.empty();
        } catch (AssertionError | RuntimeException wrong) {
            return Optional.of(wrong);
        }
    }

    /** A description of the smallest history that was found. */
    static String shrink(Plan wrong) {
        Plan smallest = wrong;
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            Optional<Plan> shorter = anyWrong(smallest.steps(smallest.steps() * 2 / 3));
            if (shorter.isPresent()) {
                smallest = shorter.get();
                smaller = true;
            }
            for (Happening happening : smallest.with()) {
                Optional<Plan> quieter = anyWrong(smallest.without(happening));
                if (quieter.isPresent()) {
                    smallest = quieter.get();
                    smaller = true;
                }
            }
        }
        return "smallest found: " + smallest + ": "
                + violation(smallest).map(Throwable::getMessage).orElse("");
    }

    /** Another order of random choices is another history: so others of the same size are tried too. */
    private static Optional<Plan> anyWrong(Plan plan) {
        return LongStream.range(plan.seed(), plan.seed() + SEEDS_TRIED)
                .mapToObj(plan::seed)
                .filter(each -> violation(each).isPresent())
                .findFirst();
    }
}
