package io.bifocal.core.job;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The form of a request for a job: all that can be told without its model.
 *
 * @param spec the fields of its type, without those that are null
 */
public record JobForm(Job.Type type, Map<String, Object> spec) {
    /** What a job's spec holds beside what was asked: the ends of the model's topic when it was. */
    public static final String POSITIONS = "positions";

    /** In the place of a model's name: a job for each of them that has records. */
    public static final String EVERY_MODEL = "*";

    private static final String TYPE = "type";
    private static final String MODEL = "model";

    /** Kinds of values. */
    private enum Kind {
        DATE("Write a day, such as 2026-01-31.") {
            @Override
            boolean holds(Object value) {
                return value instanceof String text && parses(() -> LocalDate.parse(text));
            }
        },
        TIME("Write a day, such as 2026-01-31, or an instant, such as 2026-01-31T08:00:00Z.") {
            @Override
            boolean holds(Object value) {
                return value instanceof String text && parses(() -> instant(text));
            }
        },
        TOPIC("Write a Kafka topic's name: letters, digits, dots, dashes, underscores.") {
            @Override
            boolean holds(Object value) {
                return value instanceof String text
                        && text.matches("[a-zA-Z0-9._-]{1,249}")
                        && !text.matches("\\.{1,2}");
            }
        },
        TEXT("Write a text that is not empty; numbers and times too.") {
            @Override
            boolean holds(Object value) {
                return value instanceof String text && !text.isBlank();
            }
        },
        FLAG("Write true or false.") {
            @Override
            boolean holds(Object value) {
                return value instanceof Boolean;
            }

            @Override
            Object parsed(String text) {
                return text.equals("true") || text.equals("false") ? Boolean.valueOf(text) : text;
            }
        },
        NUMBER("Write a whole number, 1 at least.") {
            @Override
            boolean holds(Object value) {
                return (value instanceof Integer || value instanceof Long) && ((Number) value).longValue() >= 1;
            }

            @Override
            Object parsed(String text) {
                return text.matches("[0-9]{1,18}") ? Long.valueOf(text) : text;
            }
        },
        TIME_OF("Write event or arrival.") {
            @Override
            boolean holds(Object value) {
                return "event".equals(value) || "arrival".equals(value);
            }
        };

        private final String remedy;

        Kind(String remedy) {
            this.remedy = remedy;
        }

        abstract boolean holds(Object value);

        /** What a text stands for; the text itself where it is no such thing. */
        Object parsed(String text) {
            return text;
        }

        private static boolean parses(Runnable parsing) {
            try {
                parsing.run();
                return true;
            } catch (DateTimeParseException broken) {
                return false;
            }
        }
    }

    /** The fields of each type that job processes know. */
    private static final Map<Job.Type, Map<String, Kind>> FIELDS = new EnumMap<>(Map.of(
            Job.Type.RECOMPUTE,
            Map.of("from", Kind.DATE, "to", Kind.DATE, "full", Kind.FLAG, "promote", Kind.FLAG),
            Job.Type.BACKFILL,
            Map.of(
                    "from", Kind.DATE,
                    "to", Kind.DATE,
                    "plan", Kind.FLAG,
                    "promote", Kind.FLAG,
                    "reprocess", Kind.FLAG),
            Job.Type.RECONCILE,
            Map.of(),
            Job.Type.REPLAY,
            Map.of(
                    "from", Kind.TIME,
                    "to", Kind.TIME,
                    "toTopic", Kind.TOPIC,
                    "rate", Kind.NUMBER,
                    "by", Kind.TIME_OF),
            Job.Type.ERASE,
            Map.of("column", Kind.TEXT, "value", Kind.TEXT),
            Job.Type.ROLLBACK,
            Map.of("generation", Kind.NUMBER)));

    /** Fields without which a job of the type means nothing. */
    private static final Map<Job.Type, List<String>> REQUIRED = Map.of(
            Job.Type.REPLAY, List.of("from", "to", "toTopic"),
            Job.Type.ERASE, List.of("column", "value"),
            Job.Type.ROLLBACK, List.of("generation"));

    /**
     * Checks the form of a request.
     *
     * @param request {@code type}, {@code model}, and the fields of the type
     * @throws io.bifocal.core.error.BifocalException BAD_REQUEST, UNKNOWN_NAME or BAD_QUERY where it is not understood
     */
    public static JobForm of(Map<String, Object> request) {
        Job.Type type = type(text(request, TYPE));
        Map<String, Object> spec = new TreeMap<>(request);
        spec.remove(TYPE);
        spec.remove(MODEL);
        spec.values().removeIf(value -> value == null);
        Map<String, Kind> known = FIELDS.get(type);
        spec.forEach((name, value) -> {
            if (!known.containsKey(name)) {
                throw Errors.of(
                        ErrorCode.UNKNOWN_NAME,
                        "A job of type " + name(type) + " has no field " + name + ".",
                        Nearest.remedy(name, known.keySet()),
                        Map.of("field", name));
            }
            if (!known.get(name).holds(value)) {
                throw bad(name, name + " is " + value + ".", known.get(name).remedy);
            }
        });
        requireOrder(spec);
        REQUIRED.getOrDefault(type, List.of()).stream()
                .filter(name -> !spec.containsKey(name))
                .findFirst()
                .ifPresent(name -> {
                    throw bad(name, "A job of type " + name(type) + " needs its " + name + ".", "Give " + name + ".");
                });
        return new JobForm(type, spec);
    }

    /**
     * The same, of fields that are written as texts; a text that is empty is a field that is not given.
     *
     * @param type as requests name it
     */
    public static JobForm parse(String type, Map<String, String> fields) {
        Map<String, Kind> known = FIELDS.get(type(type));
        Map<String, Object> request = new TreeMap<>(Map.of(TYPE, type));
        fields.forEach((name, text) -> {
            if (!text.isEmpty()) {
                request.put(name, known.getOrDefault(name, Kind.TEXT).parsed(text));
            }
        });
        return of(request);
    }

    /**
     * The model that a request names.
     *
     * @throws io.bifocal.core.error.BifocalException BAD_REQUEST where it names none
     */
    public static String model(Map<String, Object> request) {
        return text(request, MODEL);
    }

    private static Job.Type type(String text) {
        List<String> names = Stream.of(Job.Type.values()).map(JobForm::name).toList();
        return Stream.of(Job.Type.values())
                .filter(type -> name(type).equals(text))
                .findFirst()
                .orElseThrow(() -> Errors.of(
                        ErrorCode.UNKNOWN_NAME,
                        "There is no type of job " + text + ".",
                        Nearest.remedy(text, names),
                        Map.of(TYPE, text, "known", names)));
    }

    private static String name(Job.Type type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    private static String text(Map<String, Object> request, String field) {
        if (request.get(field) instanceof String text && !text.isBlank()) {
            return text;
        }
        throw Errors.of(
                ErrorCode.BAD_REQUEST,
                "The job lacks its " + field + ".",
                "Send for example {\"type\": \"recompute\", \"model\": \"retail\"}.");
    }

    private static void requireOrder(Map<String, Object> spec) {
        if (spec.get("from") instanceof String from
                && spec.get("to") instanceof String to
                && !instant(from).isBefore(instant(to))) {
            throw bad(
                    "to",
                    "The range ends at " + to + ", before it begins: from is " + from + ".",
                    "Give a to that is later than from; it is exclusive.");
        }
    }

    /**
     * A time as requests write it: an instant, or a day, which begins in UTC.
     *
     * @throws java.time.DateTimeException where it is neither
     */
    public static Instant instant(String time) {
        return time.contains("T")
                ? OffsetDateTime.parse(time).toInstant()
                : LocalDate.parse(time).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static RuntimeException bad(String field, String message, String remedy) {
        return Errors.of(ErrorCode.BAD_QUERY, message, remedy, Map.of("field", field));
    }
}
