package io.bifocal.spark;

import io.bifocal.core.model.Model.TimeSpec;
import io.bifocal.core.time.TimePatterns;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;

/**
 * Finds the event time in a column's value, as {@link TimeSpec} says.
 *
 * <p>A pattern is read strictly (30 February is no date) with English names of months. A local time that a clock change
 * skips is moved forward by its length; one that occurs twice is the earlier. Without a pattern, text is ISO-8601 with a
 * zone and a long is epoch milliseconds.
 */
final class EventTimes {
    private final TimeSpec spec;
    private final DateTimeFormatter formatter;
    private String lastText = "";
    private long lastMicros = IsoTime.NONE;

    EventTimes(TimeSpec spec) {
        this.spec = spec;
        this.formatter = spec.pattern().map(TimePatterns::formatter).orElse(null);
    }

    /** Microseconds since 1970. */
    long micros(Object value) {
        if (value == null) {
            throw new MalformedException("no event time: column " + spec.column() + " is null");
        }
        long micros = formatter != null ? ofPattern(value.toString()) : ofValue(value);
        if (micros == IsoTime.NONE) {
            throw new MalformedException(
                    "event time: column " + spec.column() + ": " + Casts.quote(value.toString()) + expected());
        }
        return micros;
    }

    private String expected() {
        return spec.pattern()
                .map(pattern -> " is not a time like " + pattern)
                .orElse(" is not a time (ISO-8601 with a zone, years 0001 to 9999)");
    }

    private static long ofValue(Object value) {
        if (value instanceof Instant instant) {
            return IsoTime.micros(instant);
        }
        if (value instanceof Long millis) {
            return millis < IsoTime.MIN_MICROS / 1000 || millis > IsoTime.MAX_MICROS / 1000
                    ? IsoTime.NONE
                    : millis * 1000L;
        }
        return IsoTime.micros(value.toString().strip(), IsoTime.WithoutZone.REFUSED);
    }

    /** Consecutive events often have equal times, and formatters are slow. */
    private long ofPattern(String text) {
        if (!text.equals(lastText)) {
            lastMicros = read(text.strip());
            lastText = text;
        }
        return lastMicros;
    }

    private long read(String text) {
        try {
            TemporalAccessor parsed = formatter.parse(text);
            if (parsed.isSupported(ChronoField.INSTANT_SECONDS)) {
                return IsoTime.micros(Instant.from(parsed));
            }
            ZoneId zone = parsed.query(TemporalQueries.zone());
            LocalDate date = LocalDate.from(parsed);
            LocalDateTime time = parsed.query(TemporalQueries.localTime()) == null
                    ? date.atStartOfDay()
                    : LocalDateTime.from(parsed);
            return IsoTime.micros(time.atZone(zone == null ? spec.zone() : zone).toInstant());
        } catch (DateTimeException notATime) {
            return IsoTime.NONE;
        }
    }
}
