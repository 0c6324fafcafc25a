package io.bifocal.serving.jobs;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import io.bifocal.core.job.Job;
import io.bifocal.core.model.Definition;
import io.bifocal.serving.catalog.Models;
import io.bifocal.serving.kafka.Topics;
import io.bifocal.serving.storage.Storage;
import jakarta.inject.Singleton;
import java.time.LocalDate;
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
    private static final BiConsumer<String, Object> FLAG = JobRequests::requireFlag;

    /** The fields of each type that job processes know, each with its check. */
    private static final Map<Job.Type, Map<String, BiConsumer<String, Object>>> FIELDS = new EnumMap<>(
            Map.of(Job.Type.RECOMPUTE, Map.of("from", DATE, "to", DATE, "full", FLAG), Job.Type.RECONCILE, Map.of()));

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
        Job.Type type = type(text(request, "type"));
        Definition definition = model(text(request, "model"));
        Map<String, Object> spec = spec(type, request);
        Map<String, Object> stored = new TreeMap<>(spec);
        stored.put(POSITIONS, topics.end(definition.model().source().topic()).asMap());
        Job job = storage.jobs().create(type, definition.model().name(), stored, idempotencyKey);
        requireSame(job, type, definition.model().name(), spec);
        return job;
    }

    private static Map<String, Object> spec(Job.Type type, Map<String, Object> request) {
        Map<String, BiConsumer<String, Object>> known = FIELDS.get(type);
        Map<String, Object> spec = new TreeMap<>(request);
        spec.remove("type");
        spec.remove("model");
        spec.values().removeIf(value -> value == null);
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
        return spec;
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

    private static void requireFlag(String name, Object value) {
        if (!(value instanceof Boolean)) {
            throw Errors.of(
                    ErrorCode.BAD_QUERY, name + " is " + value + ".", "Write true or false.", Map.of("field", name));
        }
    }

    private static void requireSame(Job job, Job.Type type, String model, Map<String, Object> spec) {
        Map<String, Object> before = new TreeMap<>(job.spec());
        before.remove(POSITIONS);
        if (job.type() != type || !job.model().equals(model) || !before.equals(spec)) {
            throw Errors.of(
                    ErrorCode.REFUSED,
                    "The Idempotency-Key was used for another request, which made job " + job.id() + ".",
                    "Use a new key for a new request.",
                    Map.of("job", job.id()));
        }
    }
}
