package io.bifocal.core.benchmark;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collection;
import java.util.List;

/** What some rounds of one benchmark measured, in the order of size. */
public record Measured(List<Double> rounds) {
    private static final MathContext DIGITS = new MathContext(3);

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

    private static String plain(double value) {
        return BigDecimal.valueOf(value).round(DIGITS).toPlainString();
    }

    /** The least and the most, for people. */
    public String spread() {
        return plain(rounds.get(0)) + " to " + plain(rounds.get(rounds.size() - 1));
    }
}
