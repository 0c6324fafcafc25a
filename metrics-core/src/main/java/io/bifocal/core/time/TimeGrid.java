package io.bifocal.core.time;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneRules;

/**
 * Buckets of one granularity in one zone. A bucket is named by its start, in epoch seconds, and reaches to the next one's.
 *
 * <p>Buckets below a day follow the wall clock, and each clock change begins one: in an hour that is repeated there are two,
 * and a change by half an hour leaves a shorter one. Days, and what is made of them, begin at the first instant of the local
 * date, which is not midnight where a clock change skips that; a date that a zone skipped altogether is empty. Where clocks go
 * back over midnight, the new day goes on.
 */
public record TimeGrid(Granularity granularity, ZoneId zone) {
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int MONTHS_PER_QUARTER = 3;

    /** A zone that is UTC all year, by whatever name, becomes {@link ZoneOffset#UTC}. */
    public TimeGrid {
        zone = zone.normalized();
    }

    /** The start of the bucket that holds this second. */
    public long floor(long epochSecond) {
        if (granularity.seconds() > 0) {
            return floorBelowDay(epochSecond);
        }
        if (granularity == Granularity.DAY && utc()) {
            return Math.floorDiv(epochSecond, (long) SECONDS_PER_DAY) * SECONDS_PER_DAY;
        }
        return start(floorDate(localDate(epochSecond)));
    }

    /** The start of the bucket after the one that starts at {@code bucket}. */
    public long next(long bucket) {
        if (granularity.seconds() > 0) {
            return nextBelowDay(bucket);
        }
        LocalDate date = floorDate(localDate(bucket));
        return start(
                switch (granularity) {
                    case DAY -> date.plusDays(1);
                    case WEEK -> date.plusWeeks(1);
                    case MONTH -> date.plusMonths(1);
                    case QUARTER -> date.plusMonths(MONTHS_PER_QUARTER);
                    default -> date.plusYears(1);
                });
    }

    /** Whether a bucket starts at this second. */
    public boolean starts(long epochSecond) {
        return floor(epochSecond) == epochSecond;
    }

    /** The local day that holds this second, as days since 1970-01-01. */
    public int dayOf(long epochSecond) {
        if (utc()) {
            return Math.toIntExact(Math.floorDiv(epochSecond, (long) SECONDS_PER_DAY));
        }
        return Math.toIntExact(localDate(epochSecond).toEpochDay());
    }

    /** The first second of a local day; of a day that the zone skipped, the next day's. */
    public long dayStart(int day) {
        return utc() ? (long) day * SECONDS_PER_DAY : start(LocalDate.ofEpochDay(day));
    }

    private boolean utc() {
        return zone.equals(ZoneOffset.UTC);
    }

    private long floorBelowDay(long epochSecond) {
        if (utc()) {
            return Math.floorDiv(epochSecond, (long) granularity.seconds()) * granularity.seconds();
        }
        ZoneRules rules = zone.getRules();
        Instant instant = Instant.ofEpochSecond(epochSecond);
        ZoneOffset offset = rules.getOffset(instant);
        long floor = aligned(epochSecond, offset);
        if (rules.getOffset(Instant.ofEpochSecond(floor)).equals(offset)) {
            return floor;
        }
        return rules.previousTransition(instant.plusSeconds(1)).toEpochSecond();
    }

    private long nextBelowDay(long bucket) {
        if (utc()) {
            return bucket + granularity.seconds();
        }
        ZoneRules rules = zone.getRules();
        Instant instant = Instant.ofEpochSecond(bucket);
        ZoneOffset offset = rules.getOffset(instant);
        long end = aligned(bucket, offset) + granularity.seconds();
        if (rules.getOffset(Instant.ofEpochSecond(end)).equals(offset)) {
            return end;
        }
        return Math.min(end, rules.nextTransition(instant).toEpochSecond());
    }

    private long aligned(long epochSecond, ZoneOffset offset) {
        long seconds = granularity.seconds();
        return Math.floorDiv(epochSecond + offset.getTotalSeconds(), seconds) * seconds - offset.getTotalSeconds();
    }

    private LocalDate floorDate(LocalDate date) {
        return switch (granularity) {
            case WEEK -> date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case MONTH -> date.withDayOfMonth(1);
            case QUARTER ->
                date.withDayOfMonth(1)
                        .withMonth((date.getMonthValue() - 1) / MONTHS_PER_QUARTER * MONTHS_PER_QUARTER + 1);
            case YEAR -> date.withDayOfYear(1);
            default -> date;
        };
    }

    /** The latest date that has begun: clocks that go back over midnight do not bring yesterday back. */
    private LocalDate localDate(long epochSecond) {
        LocalDate date = LocalDate.ofInstant(Instant.ofEpochSecond(epochSecond), zone);
        LocalDate tomorrow = date.plusDays(1);
        return start(tomorrow) <= epochSecond ? tomorrow : date;
    }

    private long start(LocalDate date) {
        return date.atStartOfDay(zone).toEpochSecond();
    }
}
