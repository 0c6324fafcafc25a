package io.bifocal.core.benchmark;

import java.util.Collection;
import java.util.List;

/** What some rounds of one benchmark measured, in the order of size. */
public record Measured(List<Double> rounds) {
    public Measured {
        rounds = rounds.stream().sorted().toList();
    }

    public static Measured of(Collection<Double> rounds) {
        return new Measured(List.copyOf(rounds));
    }

    public double median() {
        int middle = rounds.size() / 2;
        return rounds.size() % 2 == 1 ? rounds.get(middle) : (rounds.get(middle - 1) + rounds.get(middle)) / 2;
    }
}
