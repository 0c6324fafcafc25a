package io.bifocal.serving.jobs;

import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import io.bifocal.core.job.Job;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.Column;
import io.bifocal.serving.catalog.Models;
import io.bifocal.serving.kafka.Topics;
import io.bifocal.serving.storage.Storage;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Makes jobs of what is asked for, once it is checked. */
@Singleton
public class JobRequests {
    /** What the spec holds beside what was asked: the ends of the model's topic when it was. */
    public static final String POSITIONS = "positions";

    private static final BiConsumer<String, Object> DATE = JobRequests::requireDate;
    private static final BiConsumer<String, Object> TIME = JobRequests::requireTime;
    private static final BiConsumer<String, Object> TOPIC = JobRequests::requireTopic;
    private static final BiConsumer<String, Object> TEXT = JobRequests::requireText;
    private static final BiConsumer<String, Object> FLAG = JobRequests::requireFlag;
    private static final BiConsumer<String, Object> NUMBER = JobRequests::requireNumber;

    /** The fields of each type that job processes know, each with its check. */
    private static final Map<Job.Type, Map<String, BiConsumer<String, Object>>> FIELDS = new EnumMap<>(Map.of(
            Job.Type.RECOMPUTE, Map.of("from", DATE, "to", DATE, "full", FLAG, "promote", FLAG),
            Job.Type.BACKFILL, Map.of("from", DATE, "to", DATE, "plan", FLAG, "promote", FLAG, "reprocess", FLAG),
            Job.Type.RECONCILE, Map.of(),
            Job.Type.REPLAY,
                    Map.of("from", TIME, "to", TIME, "toTopic", TOPIC, "rate", NUMBER, "by", oneOf("event", "arrival")),
            Job.Type.ERASE, Map.of("column", TEXT, "value", TEXT),
            Job.Type.ROLLBACK, Map.of("generation", NUMBER)));

    /** Fields without which a job of the type means nothing. */
    private static final Map<Job.Type, List<String>> REQUIRED = Map.of(
            Job.Type.REPLAY, List.of("from", "to", "toTopic"),
            Job.Type.ERASE, List.of("column", "value"),
            Job.Type.ROLLBACK, List.of("generation"));

    private final Models models;
    private final Topics topics;
    private final Storage storage;

    JobRequests(Models models, Topics topics, Storage storage) {
        this.models = models;
        this.topics = topics;
        this.storage = storage;
    }

    /**
     * Creates a job, or finds the one that the same key created.
     *
     * @param request {@code type}, {@code model}, and the fields of the type
     * @throws io.bifocal.core.error.BifocalException where it is not understood, or the key was used for another request
     */
    public Job create(Map<String, Object> request, Optional<String> idempotencyKey) {
        Checked checked = check(request);
        Model model = checked.model();
        Map<String, Object> stored = new TreeMap<>(checked.spec());
        stored.put(POSITIONS, topics.end(model.source().topic()).asMap());
        Job job = storage.jobs().create(checked.type(), model.name(), stored, idempotencyKey);
        requireSame(job, checked);
        return job;
    }

    /**
     * Creates the job that tells what a promotion restated, and brings the gold tables along.
     *
     * @param promotedFrom version that was in force before
     * @param part of the generation that was promoted
     */
    public Job afterPromotion(String model, long promotedFrom, String part) {
        return storage.jobs()
                .create(
                        Job.Type.BACKFILL,
                        model,
                        Map.of("promotedFrom", promotedFrom),
                        Optional.of("promoted-" + model + "-" + part));
    }

    /** A request that is understood. */
    record Checked(Job.Type type, Model model, Map<String, Object> spec) {}

    /** Checks a request and creates nothing. */
    Checked check(Map<String, Object> request) {
        Checked checked =
                new Checked(checkForm(request), model(text(request, "model")).model(), spec(request));
        requireSafe(checked.model(), checked.spec());
        if (checked.type() == Job.Type.ROLLBACK) {
            requireKept(checked.model().name(), ((Number) checked.spec().get("generation")).longValue());
        }
        return checked;
    }

    /** Checks all of a request but its model. */
    Job.Type checkForm(Map<String, Object> request) {
        Job.Type type = type(text(request, "type"));
        checkFields(type, spec(request));
        return type;
    }

    private static Map<String, Object> spec(Map<String, Object> request) {
        Map<String, Object> spec = new TreeMap<>(request);
        spec.remove("type");
        spec.remove("model");
        spec.values().removeIf(value -> value == null);
        return spec;
    }

    private static void checkFields(Job.Type type, Map<String, Object> spec) {
        Map<String, BiConsumer<String, Object>> known = FIELDS.get(type);
        spec.forEach((name, value) -> {
            if (!known.containsKey(name)) {
                throw Errors.of(
                        ErrorCode.UNKNOWN_NAME,
                        "A " + name(type) + " has no field " + name + ".",
                        Nearest.remedy(name, known.keySet()),
                        Map.of("field", name));
            }
            known.get(name).accept(name, value);
        });
        requireOrder(spec);
        REQUIRED.getOrDefault(type, List.of()).stream()
                .filter(name -> !spec.containsKey(name))
                .findFirst()
                .ifPresent(name -> {
                    throw Errors.of(
                            ErrorCode.BAD_QUERY,
                            "A " + name(type) + " needs its " + name + ".",
                            "Give " + name + ".",
                            Map.of("field", name));
                });
    }

    /** Refuses at once what the job would refuse. */
    private static void requireSafe(Model model, Map<String, Object> spec) {
        List<String> columns = model.columns().stream().map(Column::name).toList();
        if (spec.get("column") instanceof String column && !columns.contains(column)) {
            throw Errors.of(
                    ErrorCode.UNKNOWN_NAME,
                    "Model " + model.name() + " has no column " + column + ".",
                    Nearest.remedy(column, columns),
                    Map.of("field", "column", "near", Nearest.of(column, columns)));
        }
        if (model.source().topic().equals(spec.get("toTopic"))
                && model.identity().isEmpty()) {
            throw Errors.of(
                    ErrorCode.REFUSED,
                    "A replay into " + model.source().topic() + " would count its events twice: " + model.name()
                            + " has no identity.",
                    "Replay into another topic, or give the model an identity.",
                    Map.of("field", "toTopic"));
        }
    }

    private void requireKept(String model, long number) {
        List<Long> kept = storage.manifests().read(model).map(Manifest::kept).orElse(List.of()).stream()
                .map(Generation::number)
                .toList();
        if (!kept.contains(number)) {
            throw Errors.of(
                    ErrorCode.UNKNOWN_NAME,
                    "Generation " + number + " of " + model + " is not kept.",
                    kept.isEmpty() ? "No earlier generation is kept." : "Kept are " + kept + ".",
                    Map.of("field", "generation", "known", kept));
        }
    }

    private Definition model(String name) {
        return models.current(name)
                .orElseThrow(() -> Errors.of(
                        ErrorCode.UNKNOWN_NAME,
                        "There is no model " + name + ".",
                        Nearest.remedy(name, models.models()),
                        Map.of("model", name, "near", Nearest.of(name, models.models()))));
    }

    private static Job.Type type(String text) {
        List<String> names = FIELDS.keySet().stream().map(JobRequests::name).toList();
        return FIELDS.keySet().stream()
                .filter(type -> name(type).equals(text))
                .findFirst()
                .orElseThrow(() -> Errors.of(
                        ErrorCode.UNKNOWN_NAME,
                        "There is no type of job " + text + ".",
                        Nearest.remedy(text, names),
                        Map.of("type", text, "known", names)));
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

    private static void requireDate(String name, Object value) {
        try {
            LocalDate.parse(String.valueOf(value));
        } catch (DateTimeParseException broken) {
            throw Errors.of(
                    ErrorCode.BAD_QUERY,
                    name + " is " + value + ", which is no date.",
                    "Write a day, such as 2026-01-31.",
                    Map.of("field", name));
        }
    }

    private static void requireTime(String name, Object value) {
        String text = String.valueOf(value);
        if (!text.contains("T")) {
            requireDate(name, value);
            return;
        }
        try {
            OffsetDateTime.parse(text);
        } catch (DateTimeParseException broken) {
            throw bad(name, value, "Write a day, such as 2026-01-31, or an instant, such as 2026-01-31T08:00:00Z.");
        }
    }

    private static void requireTopic(String name, Object value) {
        if (!(value instanceof String text) || !text.matches("[a-zA-Z0-9._-]{1,249}") || text.matches("\\.{1,2}")) {
            throw bad(name, value, "Write a Kafka topic's name: letters, digits, dots, dashes, underscores.");
        }
    }

    private static void requireOrder(Map<String, Object> spec) {
        if (spec.get("from") instanceof String from
                && spec.get("to") instanceof String to
                && !instant(from).isBefore(instant(to))) {
            throw Errors.of(
                    ErrorCode.BAD_QUERY,
                    "The range ends at " + to + ", before it begins: from is " + from + ".",
                    "Give a to that is later than from; it is exclusive.",
                    Map.of("field", "to"));
        }
    }

    private static Instant instant(String time) {
        return time.contains("T")
                ? OffsetDateTime.parse(time).toInstant()
                : LocalDate.parse(time).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static void requireText(String name, Object value) {
        if (!(value instanceof String text) || text.isBlank()) {
            throw bad(name, value, "Write a text that is not empty; numbers and times too.");
        }
    }

    private static void requireNumber(String name, Object value) {
        if (!(value instanceof Integer || value instanceof Long) || ((Number) value).longValue() < 1) {
            throw bad(name, value, "Write a whole number, 1 at least.");
        }
    }

    private static BiConsumer<String, Object> oneOf(String... values) {
        return (name, value) -> {
            if (!List.of(values).contains(value)) {
                throw bad(name, value, "Write one of " + String.join(", ", values) + ".");
            }
        };
    }

    private static BifocalException bad(String name, Object value, String remedy) {
        return Errors.of(ErrorCode.BAD_QUERY, name + " is " + value + ".", remedy, Map.of("field", name));
    }

    private static void requireFlag(String name, Object value) {
        if (!(value instanceof Boolean)) {
            throw Errors.of(
                    ErrorCode.BAD_QUERY, name + " is " + value + ".", "Write true or false.", Map.of("field", name));
        }
    }

    private static void requireSame(Job job, Checked asked) {
        Map<String, Object> before = new TreeMap<>(job.spec());
        before.remove(POSITIONS);
        boolean sameSpec = before.equals(asked.spec()) || before.equals(Job.withoutValue(asked.spec()));
        if (job.type() != asked.type() || !job.model().equals(asked.model().name()) || !sameSpec) {
            throw Errors.of(
                    ErrorCode.REFUSED,
                    "The Idempotency-Key was used for another request, which made job " + job.id() + ".",
                    "Use a new key for a new request.",
                    Map.of("job", job.id()));
        }
    }
}
