package io.bifocal.core.benchmark;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

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

    /** The least and the most, for people. */
    public String spread() {
        return String.format(Locale.ROOT, "%.4g to %.4g", rounds.get(0), rounds.get(rounds.size() - 1));
    }
}
