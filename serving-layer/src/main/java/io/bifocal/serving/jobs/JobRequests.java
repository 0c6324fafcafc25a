package io.bifocal.serving.jobs;

import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import io.bifocal.core.job.Job;
import io.bifocal.core.job.JobForm;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.Column;
import io.bifocal.serving.catalog.Models;
import io.bifocal.serving.kafka.Topics;
import io.bifocal.serving.storage.Storage;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes jobs of what is asked for, once it is checked. */
@Singleton
public class JobRequests {
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
        // Before all that may have changed since the first request: a retry of it is told of its job.
        Optional<Job> before = idempotencyKey.flatMap(storage.jobs()::findByKey);
        if (before.isPresent()) {
            requireSame(before.get(), JobForm.of(request), JobForm.model(request));
            return before.get();
        }
        Checked checked = check(request);
        Model model = checked.model();
        Map<String, Object> stored = new TreeMap<>(checked.form().spec());
        stored.put(JobForm.POSITIONS, topics.end(model.source().topic()).asMap());
        Job job = storage.jobs().create(checked.form().type(), model.name(), stored, idempotencyKey);
        requireSame(job, checked.form(), model.name());
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
    record Checked(JobForm form, Model model) {}

    /** Checks a request and creates nothing. */
    Checked check(Map<String, Object> request) {
        JobForm form = JobForm.of(request);
        Model model = model(JobForm.model(request)).model();
        requireSafe(model, form.spec());
        if (form.type() == Job.Type.ROLLBACK) {
            requireKept(model.name(), ((Number) form.spec().get("generation")).longValue());
        }
        return new Checked(form, model);
    }

    /** Refuses at once what the job would refuse. */
    private void requireSafe(Model model, Map<String, Object> spec) {
        List<String> columns = model.columns().stream().map(Column::name).toList();
        if (spec.get("column") instanceof String column && !columns.contains(column)) {
            throw Errors.of(
                    ErrorCode.UNKNOWN_NAME,
                    "Model " + model.name() + " has no column " + column + ".",
                    Nearest.remedy(column, columns),
                    Map.of("field", "column", "near", Nearest.of(column, columns)));
        }
        if (spec.get("toTopic") instanceof String topic) {
            Model.requireReplayable(
                    topic, models.all().stream().map(Definition::model).toList());
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

    private static void requireSame(Job job, JobForm asked, String model) {
        Map<String, Object> before = new TreeMap<>(job.spec());
        before.remove(JobForm.POSITIONS);
        Map<String, Object> spec = asked.spec();
        boolean sameSpec = before.equals(spec) || before.equals(Job.withoutValue(spec));
        if (job.type() != asked.type() || !job.model().equals(model) || !sameSpec) {
            throw Errors.of(
                    ErrorCode.REFUSED,
                    "The Idempotency-Key was used for another request, which made job " + job.id() + ".",
                    "Use a new key for a new request.",
                    Map.of("job", job.id()));
        }
    }
}
