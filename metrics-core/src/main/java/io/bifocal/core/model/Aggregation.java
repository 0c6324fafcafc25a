package io.bifocal.core.model;

import java.util.Locale;
import java.util.Optional;

/** The names that a model file's {@code agg} may say: the one list of them. {@code Aggregates} says what each computes. */
public enum Aggregation {
    COUNT,
    SUM,
    MIN,
    MAX,
    AVERAGE,
    COUNT_DISTINCT,
    APPROX_COUNT_DISTINCT,
    PERCENTILE,
    STDDEV,
    VARIANCE,
    TOP_K,
    FIRST,
    LAST;

    /** As a model file writes it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Aggregation> parse(String text) {
        for (Aggregation aggregation : values()) {
            if (aggregation.text().equals(text)) {
                return Optional.of(aggregation);
            }
        }
        return Optional.empty();
    }
}
