package io.bifocal.serving.prometheus;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.serving.prometheus.SeriesReader.Interval;
import jakarta.ws.rs.core.MultivaluedMap;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A request's parameters, in Prometheus' forms. Every fault is a BAD_QUERY. */
record Parameters(MultivaluedMap<String, String> values) {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,15}(\\.[0-9]+)?");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d|w|y)");
    private static final Pattern DURATIONS = Pattern.compile("(" + DURATION + ")+");
    private static final Map<String, Double> SECONDS =
            Map.of("ms", 0.001, "s", 1.0, "m", 60.0, "h", 3_600.0, "d", 86_400.0, "w", 604_800.0, "y", 31_536_000.0);

    /** The last second of the year 9999, beyond which there are no buckets. */
    private static final long LATEST = 253_402_300_799L;

    private static final long EARLIEST = -62_135_596_800L;

    Optional<String> optional(String name) {
        return Optional.ofNullable(values.getFirst(name)).filter(text -> !text.isEmpty());
    }

    String one(String name) {
        return optional(name).orElseThrow(() -> bad("The parameter " + name + " is missing.", "Give it."));
    }

    /** Epoch seconds. */
    long time(String name) {
        return time(name, one(name));
    }

    Optional<Long> optionalTime(String name) {
        return optional(name).map(text -> time(name, text));
    }

    /** What {@code start} and {@code end} bound; empty where they are not both given. */
    Optional<Interval> interval() {
        return optionalTime("start").flatMap(start -> optionalTime("end").map(end -> new Interval(start, end)));
    }

    /** Seconds, more than none. */
    double duration(String name) {
        String text = one(name);
        double seconds = number(text).orElseGet(() -> units(text).orElse(0.0));
        if (seconds > 0) {
            return seconds;
        }
        throw bad(name + " is " + text + ".", "Give seconds, or a duration such as 5m.");
    }

    /** What {@code match[]} names. */
    List<Expression.Selector> selectors() {
        return values.getOrDefault("match[]", List.of()).stream()
                .map(ExpressionParser::parseSelector)
                .toList();
    }

    private static long time(String name, String text) {
        Optional<Long> seconds = number(text).map(number -> (long) Math.floor(number));
        try {
            // A plus sign that a client forgot to encode arrives as a space.
            long time = seconds.orElseGet(
                    () -> OffsetDateTime.parse(text.replace(' ', '+')).toEpochSecond());
            if (time >= EARLIEST && time <= LATEST) {
                return time;
            }
        } catch (DateTimeException unreadable) {
            // Told below, as a time out of range is.
        }
        throw bad(name + " is " + text + ".", "Give epoch seconds, or a time such as 2010-12-01T00:00:00Z.");
    }

    private static Optional<Double> number(String text) {
        // Java's own numbers may end with a d, and so would two days be two.
        return Optional.of(text).filter(each -> NUMBER.matcher(each).matches()).map(Double::valueOf);
    }

    private static Optional<Double> units(String text) {
        if (!DURATIONS.matcher(text).matches()) {
            return Optional.empty();
        }
        return Optional.of(DURATION.matcher(text)
                .results()
                .mapToDouble(each -> Double.parseDouble(each.group(1)) * SECONDS.get(each.group(2)))
                .sum());
    }

    private static BifocalException bad(String problem, String remedy) {
        return Errors.of(ErrorCode.BAD_QUERY, problem, remedy);
    }
}
