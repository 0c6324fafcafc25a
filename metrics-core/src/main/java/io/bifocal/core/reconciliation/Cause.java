package io.bifocal.core.reconciliation;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Why a number that was served is another one now. docs/RECONCILIATION.md says how each is told from the others. */
public enum Cause {
    LATE_EVENTS,
    DUPLICATES_REMOVED,
    ESTIMATE_REPLACED,
    DEFINITION_CHANGED,
    ERASURE,
    REPROCESSED,
    /** Nothing that is known explains it: a defect, or somebody's hand. */
    UNEXPLAINED;

    /** As it is written in JSON. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads {@link #text}; empty where it is none. */
    public static Optional<Cause> parse(String text) {
        return Arrays.stream(values())
                .filter(cause -> cause.text().equals(text))
                .findFirst();
    }

    @JsonCreator
    static Cause of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("not a cause: " + text));
    }
}
