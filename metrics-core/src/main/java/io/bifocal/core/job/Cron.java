package io.bifocal.core.job;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.BitSet;
import java.util.Optional;

/**
 * When something recurs, as cron writes it: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday), each
 * {@code *}, a number, a range {@code a-b}, a step {@code *}{@code /n} or {@code a-b/n}, or a list of these. Where both days
 * are restricted, either will do.
 *
 * <p>Where clocks change, what has an hour happens once: in an hour that is left out, as much later; in one that comes twice, the
 * first time. What happens every hour, or every few of them, goes by the time that passes.
 */
public final class Cron {
    private static final int FIELDS = 5;
    private static final int YEARS_AHEAD = 8;
    private static final int DAYS_A_WEEK = 7;

    private final String text;
    private final BitSet minutes;
    private final BitSet hours;
    private final BitSet daysOfMonth;
    private final BitSet months;
    private final BitSet daysOfWeek;
    private final boolean eitherDay;
    private final boolean anyHour;

    private Cron(String text, String[] fields) {
        this.text = text;
        this.minutes = field(fields[0], 0, 59);
        this.hours = field(fields[1], 0, 23);
        this.daysOfMonth = field(fields[2], 1, 31);
        this.months = field(fields[3], 1, 12);
        this.daysOfWeek = field(fields[4], 0, DAYS_A_WEEK);
        if (daysOfWeek.get(DAYS_A_WEEK)) {
            daysOfWeek.set(0);
        }
        this.eitherDay = !fields[2].startsWith("*") && !fields[4].startsWith("*");
        this.anyHour = fields[1].startsWith("*");
    }

    /**
     * Reads the five fields.
     *
     * @throws io.bifocal.core.error.BifocalException BAD_REQUEST where they are none
     */
    public static Cron parse(String text) {
        String[] fields = text.trim().split("\\s+");
        try {
            if (fields.length != FIELDS) {
                throw new IllegalArgumentException("it has " + fields.length + " fields, not " + FIELDS);
            }
            return new Cron(text.trim(), fields);
        } catch (IllegalArgumentException fault) {
            throw Errors.of(
                    ErrorCode.BAD_REQUEST,
                    "\"" + text + "\" is no cron expression: " + fault.getMessage() + ".",
                    "Write minute, hour, day of month, month and day of week, such as \"0 2 * * *\" for 02:00 every day.");
        }
    }

    /** The first minute after a moment that it names, in the moment's zone; empty where there is none for years. */
    public Optional<ZonedDateTime> next(ZonedDateTime after) {
        return anyHour ? byTimeThatPasses(after) : byTheClock(after);
    }

    private Optional<ZonedDateTime> byTheClock(ZonedDateTime after) {
        Optional<LocalDateTime> shown = next(after.toLocalDateTime());
        while (shown.isPresent()) {
            ZonedDateTime at = shown.get().atZone(after.getZone());
            if (at.isAfter(after)) {
                return Optional.of(at);
            }
            shown = next(shown.get());
        }
        return Optional.empty();
    }

    private Optional<ZonedDateTime> byTimeThatPasses(ZonedDateTime after) {
        ZoneId zone = after.getZone();
        ZoneOffset offset = after.getOffset();
        Optional<LocalDateTime> shown = next(after.toLocalDateTime());
        ZoneOffsetTransition change = zone.getRules().nextTransition(after.toInstant());
        while (shown.isPresent()
                && change != null
                && !shown.get().toInstant(offset).isBefore(change.getInstant())) {
            offset = change.getOffsetAfter();
            shown = next(change.getDateTimeAfter().minusMinutes(1));
            change = zone.getRules().nextTransition(change.getInstant());
        }
        ZoneOffset then = offset;
        return shown.map(at -> ZonedDateTime.ofInstant(at, then, zone));
    }

    /** The first minute after one that a clock shows. */
    private Optional<LocalDateTime> next(LocalDateTime after) {
        LocalDateTime limit = after.plusYears(YEARS_AHEAD);
        LocalDateTime at = after.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        while (at.isBefore(limit)) {
            if (!months.get(at.getMonthValue())) {
                at = at.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).plusMonths(1);
            } else if (!day(at)) {
                at = at.truncatedTo(ChronoUnit.DAYS).plusDays(1);
            } else if (!hours.get(at.getHour())) {
                at = at.truncatedTo(ChronoUnit.HOURS).plusHours(1);
            } else if (!minutes.get(at.getMinute())) {
                at = at.plusMinutes(1);
            } else {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return text;
    }

    private boolean day(LocalDateTime at) {
        boolean ofMonth = daysOfMonth.get(at.getDayOfMonth());
        boolean ofWeek = daysOfWeek.get(at.getDayOfWeek().getValue() % DAYS_A_WEEK);
        return eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
    }

    private static BitSet field(String text, int low, int high) {
        BitSet set = new BitSet();
        for (String item : text.split(",", -1)) {
            String[] rangeAndStep = item.split("/", 2);
            int step = rangeAndStep.length == 1 ? 1 : number(rangeAndStep[1], 1, high);
            int first = low;
            int last = high;
            if (!rangeAndStep[0].equals("*")) {
                String[] bounds = rangeAndStep[0].split("-", 2);
                first = number(bounds[0], low, high);
                last = bounds.length == 2 ? number(bounds[1], first, high) : rangeAndStep.length == 2 ? high : first;
            }
            for (int value = first; value <= last; value += step) {
                set.set(value);
            }
        }
        return set;
    }

    private static int number(String text, int low, int high) {
        if (text.matches("\\d{1,3}")) {
            int number = Integer.parseInt(text);
            if (number >= low && number <= high) {
                return number;
            }
        }
        throw new IllegalArgumentException("\"" + text + "\" is no number from " + low + " to " + high);
    }
}
