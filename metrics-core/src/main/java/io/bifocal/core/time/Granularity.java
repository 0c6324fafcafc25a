package io.bifocal.core.time;

import java.util.Optional;

/** Sizes of time buckets, from fine to coarse. Rollups keep some of them; queries may ask for any. */
public enum Granularity {
    MINUTE("minute", 60),
    FIVE_MINUTES("5minute", 300),
    QUARTER_HOUR("15minute", 900),
    HOUR("hour", 3600),
    DAY("day", 0),
    WEEK("week", 0),
    MONTH("month", 0),
    QUARTER("quarter", 0),
    YEAR("year", 0);

    private final String text;
    private final int seconds;

    Granularity(String text, int seconds) {
        this.text = text;
        this.seconds = seconds;
    }

    /** The name that users write. */
    public String text() {
        return text;
    }

    /** Length in seconds of a bucket of fixed length; 0 for those that the calendar decides. */
    public int seconds() {
        return seconds;
    }

    public static Optional<Granularity> parse(String text) {
        for (Granularity granularity : values()) {
            if (granularity.text.equals(text)) {
                return Optional.of(granularity);
            }
        }
        return Optional.empty();
    }
}
