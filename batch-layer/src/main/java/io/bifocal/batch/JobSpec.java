package io.bifocal.batch;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.job.JobForm;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a job was asked to do, as {@code POST /jobs} took it.
 *
 * <p>All of its readers throw {@link io.bifocal.core.error.BifocalException} BAD_REQUEST where a field is missing or no such
 * thing.
 */
record JobSpec(Map<String, Object> fields) {
    private static final Duration FOREVER = Duration.ofDays(4_000_000);

    boolean is(String field) {
        return Boolean.TRUE.equals(fields.get(field));
    }

    boolean has(String field) {
        return fields.get(field) != null;
    }

    boolean isNot(String field) {
        return Boolean.FALSE.equals(fields.get(field));
    }

    String text(String field) {
        if (fields.get(field) instanceof String text && !text.isBlank()) {
            return text;
        }
        throw Errors.of(ErrorCode.BAD_REQUEST, "The job lacks its " + field + ".", "Give " + field + ".");
    }

    /** Empty where the field is not given. */
    Optional<Long> number(String field) {
        Object value = fields.get(field);
        if (value == null || value instanceof Number) {
            return Optional.ofNullable((Number) value).map(Number::longValue);
        }
        throw Errors.of(
                ErrorCode.BAD_REQUEST,
                "The job's " + field + " is " + value + ", which is no number.",
                "Give " + field + " as a whole number.");
    }

    /** What {@code from} and {@code to} of a replay are times of: the event's own by default. */
    ReplayJob.By by() {
        return "arrival".equals(fields.get("by")) ? ReplayJob.By.ARRIVAL : ReplayJob.By.EVENT_TIME;
    }

    /** {@code full}, or {@code from} and {@code to} as dates or instants; one of them alone leaves the other end open. */
    Extent extent() {
        if (is("full")) {
            return Extent.ALL_DAYS;
        }
        return fields.get("from") == null && fields.get("to") == null ? Extent.TOUCHED_DAYS : Extent.and(range());
    }

    /** From {@code from} to {@code to}. */
    Extent.Range range() {
        return new Extent.Range(
                instant("from", Instant.EPOCH.minus(FOREVER)), instant("to", Instant.EPOCH.plus(FOREVER)));
    }

    /** What Kafka had acknowledged when the job was asked for. */
    Positions positions() {
        Object positions = fields.get(JobForm.POSITIONS);
        try {
            return positions == null ? Positions.NONE : new ObjectMapper().convertValue(positions, Positions.class);
        } catch (IllegalArgumentException broken) {
            throw Errors.of(
                    ErrorCode.BAD_REQUEST,
                    "The job's positions are not such: " + positions + ".",
                    "Leave them out; what Kafka had acknowledged when the job was asked for is put in their place.",
                    broken);
        }
    }

    private Instant instant(String field, Instant fallback) {
        if (fields.get(field) == null) {
            return fallback;
        }
        String text = fields.get(field).toString();
        try {
            return JobForm.instant(text);
        } catch (DateTimeException broken) {
            throw Errors.of(
                    ErrorCode.BAD_REQUEST,
                    "The job's " + field + " is " + text + ", which is no time.",
                    "Write a date, such as 2010-12-01, or an instant, such as 2010-12-01T00:00:00Z.",
                    broken);
        }
    }
}
