package io.bifocal.core.time;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A length of time up to some moment, such as {@code 7 days}. Minutes and hours are elapsed time; longer units follow the
 * calendar of a zone, so a day may have 23 hours.
 *
 * @param count at least 1
 * @param unit minute, hour, day, week, month, quarter or year
 */
public record TimeWindow(int count, Granularity unit) {
    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,5})\\s+([a-z]+?)s?");
    private static final int DAYS_PER_WEEK = 7;
    private static final int MONTHS_PER_QUARTER = 3;
    private static final int MONTHS_PER_YEAR = 12;

    /** Reads {@code <count> <unit>}, in the singular or the plural; empty where the text is none. */
    public static Optional<TimeWindow> parse(String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Granularity.parse(matcher.group(2))
                .map(unit -> new TimeWindow(Integer.parseInt(matcher.group(1)), unit));
    }

    /** Where the window begins that ends at this second, both in epoch seconds. */
    public long start(long end, ZoneId zone) {
        if (unit.seconds() > 0) {
            return end - (long) count * unit.seconds();
        }
        TimeGrid days = new TimeGrid(Granularity.DAY, zone);
        LocalDate date = LocalDate.ofEpochDay(days.dayOf(end));
        if (days.starts(end)) {
            return days.dayStart(
                    Math.toIntExact(date.minusMonths(months()).minusDays(days()).toEpochDay()));
        }
        return Instant.ofEpochSecond(end)
                .atZone(zone)
                .minusMonths(months())
                .minusDays(days())
                .toEpochSecond();
    }

    /** Whether it is made of whole buckets of a granularity, clock changes apart. */
    public boolean madeOf(Granularity granularity) {
        if (granularity.seconds() > 0) {
            return unit.seconds() == 0 || (long) count * unit.seconds() % granularity.seconds() == 0;
        }
        if (unit.seconds() > 0) {
            return false;
        }
        if (granularity == Granularity.DAY) {
            return true;
        }
        TimeWindow bucket = new TimeWindow(1, granularity);
        return months() == 0
                ? bucket.months() == 0 && days() % bucket.days() == 0
                : bucket.months() > 0 && months() % bucket.months() == 0;
    }

    private long days() {
        return switch (unit) {
            case DAY -> count;
            case WEEK -> (long) count * DAYS_PER_WEEK;
            default -> 0;
        };
    }

    private long months() {
        return switch (unit) {
            case MONTH -> count;
            case QUARTER -> (long) count * MONTHS_PER_QUARTER;
            case YEAR -> (long) count * MONTHS_PER_YEAR;
            default -> 0;
        };
    }

    /** As a model file writes it. */
    @Override
    public String toString() {
        return count + " " + unit.text() + (count == 1 ? "" : "s");
    }
}
