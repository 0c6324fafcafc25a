package io.bifocal.core.time;

import java.time.DateTimeException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;
import java.util.Optional;

/** The patterns of {@link DateTimeFormatter} by which model files describe their time texts. */
public final class TimePatterns {
    private static final ZonedDateTime SAMPLE = ZonedDateTime.of(2021, 11, 23, 14, 35, 46, 0, ZoneOffset.UTC);
    private static final String TIME_LETTERS = "HhKkmsSAnNaB";

    private TimePatterns() {}

    /**
     * A strict reader (30 February is no date) with English names; yyyy, the year of an era, means the current era's.
     *
     * @throws IllegalArgumentException if it is no pattern
     */
    public static DateTimeFormatter formatter(String pattern) {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(pattern)
                .parseDefaulting(ChronoField.ERA, 1)
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    /** Why a pattern cannot be used; empty when it can. A pattern without a time of day means the day's start. */
    public static Optional<String> fault(String pattern) {
        TemporalAccessor parsed;
        try {
            DateTimeFormatter formatter = formatter(pattern);
            parsed = formatter.parse(formatter.format(SAMPLE));
        } catch (IllegalArgumentException noPattern) {
            return Optional.of(noPattern.getMessage());
        } catch (DateTimeException unreadable) {
            return Optional.of("what it writes cannot be read again");
        }
        if (parsed.query(TemporalQueries.localDate()) == null) {
            return Optional.of("it holds no date: a year (yyyy), a month (MM) and a day (dd)");
        }
        boolean timeOfDay = pattern.replaceAll("'[^']*'", "").chars().anyMatch(c -> TIME_LETTERS.indexOf(c) >= 0);
        return timeOfDay && parsed.query(TemporalQueries.localTime()) == null
                ? Optional.of("its time of day is incomplete; hours up to 12 (hh) need AM or PM (a)")
                : Optional.empty();
    }
}
