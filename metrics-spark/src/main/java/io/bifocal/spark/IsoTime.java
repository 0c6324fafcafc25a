package io.bifocal.spark;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.chrono.IsoChronology;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/**
 * Reads ISO-8601 times into microseconds since 1970, finer digits cut off. A date and a time between which is T or a space;
 * then Z, an offset, or an offset and a region; seconds and their fraction may be missing. Years 0001 to 9999. The usual
 * forms are read by hand, for this is done for every event.
 */
final class IsoTime {
    /** No time. */
    static final long NONE = Long.MIN_VALUE;

    static final long MIN_MICROS = -62_135_596_800_000_000L;
    static final long MAX_MICROS = 253_402_300_799_999_999L;

    private static final long MICROS_PER_SECOND = 1_000_000L;

    /** What a time without a zone is. */
    enum WithoutZone {
        REFUSED,
        IS_UTC
    }

    private IsoTime() {}

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(
                Math.floorDiv(micros, MICROS_PER_SECOND), Math.floorMod(micros, MICROS_PER_SECOND) * 1000L);
    }

    /** Microseconds since 1970; {@link #NONE} where they are outside of years 0001 to 9999. */
    static long micros(Instant instant) {
        long second = instant.getEpochSecond();
        if (second < MIN_MICROS / MICROS_PER_SECOND || second > MAX_MICROS / MICROS_PER_SECOND) {
            return NONE;
        }
        return second * MICROS_PER_SECOND + instant.getNano() / 1000;
    }

    static long micros(String text, WithoutZone withoutZone) {
        long fast = usualForm(text);
        if (fast != NONE) {
            return fast;
        }
        String standard = text.length() > 10 && text.charAt(10) == ' ' ? text.replaceFirst(" ", "T") : text;
        try {
            return micros(ZonedDateTime.parse(standard, DateTimeFormatter.ISO_ZONED_DATE_TIME)
                    .toInstant());
        } catch (DateTimeParseException noZone) {
            return withoutZone == WithoutZone.REFUSED ? NONE : utc(standard);
        }
    }

    private static long utc(String text) {
        try {
            LocalDateTime time = text.length() == 10
                    ? LocalDate.parse(text).atStartOfDay()
                    : LocalDateTime.parse(text, DateTimeFormatter.ISO_LOCAL_DATE_TIME);
            return micros(time.toInstant(ZoneOffset.UTC));
        } catch (DateTimeException notATime) {
            return NONE;
        }
    }

    /** {@code yyyy-MM-ddTHH:mm:ss[.f]} and Z or ±HH:mm, or {@link #NONE} for the general reader to decide. */
    private static long usualForm(String text) {
        int length = text.length();
        if (length < 20
                || text.charAt(4) != '-'
                || text.charAt(7) != '-'
                || (text.charAt(10) != 'T' && text.charAt(10) != ' ')
                || text.charAt(13) != ':'
                || text.charAt(16) != ':') {
            return NONE;
        }
        int year = digits(text, 0, 4);
        int month = digits(text, 5, 7);
        int day = digits(text, 8, 10);
        int hour = digits(text, 11, 13);
        int minute = digits(text, 14, 16);
        int second = digits(text, 17, 19);
        if (year < 1
                || !within(month, 1, 12)
                || !within(day, 1, daysOf(year, month))
                || !within(hour, 0, 23)
                || !within(minute, 0, 59)
                || !within(second, 0, 59)) {
            return NONE;
        }
        int at = 19;
        long fraction = 0;
        if (text.charAt(at) == '.') {
            long scale = MICROS_PER_SECOND;
            int start = ++at;
            while (at < length && isDigit(text.charAt(at))) {
                scale /= 10;
                fraction += scale * (text.charAt(at) - '0');
                at++;
            }
            if (at == start || at - start > 9) {
                return NONE;
            }
        }
        long offsetSeconds = offset(text, at);
        if (offsetSeconds == NONE) {
            return NONE;
        }
        long seconds = LocalDate.of(year, month, day).toEpochDay() * 86_400L
                + hour * 3600L
                + minute * 60L
                + second
                - offsetSeconds;
        long micros = seconds * MICROS_PER_SECOND + fraction;
        return micros < MIN_MICROS || micros > MAX_MICROS ? NONE : micros;
    }

    private static int daysOf(int year, int month) {
        return switch (month) {
            case 2 -> IsoChronology.INSTANCE.isLeapYear(year) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    private static long offset(String text, int at) {
        int left = text.length() - at;
        if (left == 1 && text.charAt(at) == 'Z') {
            return 0;
        }
        if (left != 6 || text.charAt(at + 3) != ':') {
            return NONE;
        }
        int hours = digits(text, at + 1, at + 3);
        int minutes = digits(text, at + 4, at + 6);
        char sign = text.charAt(at);
        if (!within(hours, 0, 17) || !within(minutes, 0, 59) || (sign != '+' && sign != '-')) {
            return NONE;
        }
        long seconds = hours * 3600L + minutes * 60L;
        return sign == '+' ? seconds : -seconds;
    }

    private static boolean within(int value, int low, int high) {
        return value >= low && value <= high;
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    /** A number of digits only; -1 where there is another character. */
    private static int digits(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            char digit = text.charAt(i);
            if (!isDigit(digit)) {
                return -1;
            }
            value = value * 10 + (digit - '0');
        }
        return value;
    }
}
