package io.bifocal.core.model;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

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

    /** Names that the contract reserves and this version refuses; an aggregate's author removes its name here. */
    private static final Set<Aggregation> UNSUPPORTED = EnumSet.of(TOP_K);

    /** As a model file writes it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether this version computes it; a model that asks for another is refused. */
    public boolean supported() {
        return !UNSUPPORTED.contains(this);
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
