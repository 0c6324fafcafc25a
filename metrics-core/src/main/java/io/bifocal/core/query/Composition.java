package io.bifocal.core.query;

import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeGrid;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;

/** Whether buckets of one grid can be put together from the finer buckets of another, on given days. */
final class Composition {
    private static final long SECONDS_PER_DAY = 86_400;

    private final TimeGrid kept;
    private final TimeGrid asked;

    Composition(TimeGrid kept, TimeGrid asked) {
        this.kept = kept;
        this.asked = asked;
    }

    /**
     * Whether on this day, counted in the zone of the kept grid, no kept bucket lies in two of the buckets that are asked for.
     *
     * @param from boundaries at or before it do not matter, for nothing before it counts
     * @param to boundaries at or after it do not matter
     */
    boolean holdsOn(int day, long from, long to) {
        long start = kept.dayStart(day);
        long end = kept.dayStart(day + 1);
        if (asked.granularity().seconds() == 0) {
            return dayBoundariesFit(start, end, from, to);
        }
        if (kept.granularity() == Granularity.DAY) {
            return false;
        }
        boolean steady = steady(asked.zone(), start, end) && steady(kept.zone(), start, end);
        return steady ? multiples(start) : bucketsFit(start, end);
    }

    private boolean dayBoundariesFit(long start, long end, long from, long to) {
        for (long boundary = asked.next(asked.floor(start)); boundary < end; boundary = asked.next(boundary)) {
            if (boundary > from && boundary < to && !kept.starts(boundary)) {
                return false;
            }
        }
        return true;
    }

    /** While neither clock changes, all boundaries fit if one does. */
    private boolean multiples(long at) {
        long step = kept.granularity().seconds();
        return asked.granularity().seconds() % step == 0
                && Math.floorMod(offset(asked.zone(), at) - offset(kept.zone(), at), step) == 0;
    }

    private boolean bucketsFit(long start, long end) {
        for (long bucket = start; bucket < end; bucket = kept.next(bucket)) {
            if (asked.floor(bucket) != asked.floor(kept.next(bucket) - 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean steady(ZoneId zone, long start, long end) {
        if (zone instanceof ZoneOffset) {
            return true;
        }
        ZoneOffsetTransition next = zone.getRules().nextTransition(Instant.ofEpochSecond(start - SECONDS_PER_DAY));
        return next == null || next.toEpochSecond() > end + SECONDS_PER_DAY;
    }

    private static int offset(ZoneId zone, long epochSecond) {
        return zone.getRules().getOffset(Instant.ofEpochSecond(epochSecond)).getTotalSeconds();
    }
}
