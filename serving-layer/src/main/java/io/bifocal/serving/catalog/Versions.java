package io.bifocal.serving.catalog;

import io.bifocal.cassandra.ModelCatalog.AppliedModel;
import io.bifocal.core.config.Config;
import io.bifocal.core.cut.Candidate;
import io.bifocal.core.cut.CandidateWriter;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.job.Job;
import io.bifocal.serving.jobs.JobRequests;
import io.bifocal.serving.storage.Storage;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The versions of models: which of them answers are given with, and putting another in force. */
@Singleton
class Versions {
    /** How long a promotion waits for the run that is to take over. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final long LOOK_MILLIS = 50;

    private final Storage storage;
    private final Models models;
    private final JobRequests jobs;
    private final Config config;
    private final Clock clock;

    Versions(Storage storage, Models models, JobRequests jobs, Config config, Clock clock) {
        this.storage = storage;
        this.models = models;
        this.jobs = jobs;
        this.config = config;
        this.clock = clock;
    }

    /** Where a version stands. */
    enum State {
        /** Answers are given with it. */
        IN_FORCE,
        /** Its history is computed: it can be promoted. */
        READY,
        /** Some of its history is computed. */
        BUILDING,
        /** It was applied last, and its history is not computed yet. */
        PENDING,
        /** A generation of it is kept: it can be promoted, which is a rollback. */
        KEPT,
        /** Another has taken its place. */
        SUPERSEDED
    }

    /** All versions of a model, the latest first. */
    List<AppliedModel> of(String model) {
        models.version(model);
        return storage.models().versions(model);
    }

    /**
     * One of them.
     *
     * @throws BifocalException NOT_FOUND
     */
    AppliedModel find(String model, long version) {
        List<AppliedModel> all = of(model);
        return all.stream()
                .filter(each -> each.version() == version)
                .findFirst()
                .orElseThrow(() -> Errors.of(
                        ErrorCode.NOT_FOUND,
                        "Model " + model + " has no version " + version + ".",
                        "The latest is " + all.get(0).version() + ".",
                        Map.of("model", model, "version", version)));
    }

    AppliedModel inForce(String model) {
        AppliedModel wanted = storage.models().find(model).orElseThrow();
        return storage.inForce().of(wanted);
    }

    State state(AppliedModel version) {
        Optional<Manifest> manifest = storage.manifests().read(version.name());
        if (inForce(version.name()).version() == version.version()) {
            return State.IN_FORCE;
        }
        Optional<Candidate> candidate = manifest.flatMap(Manifest::candidate)
                .filter(each -> each.definition().equals(version.hash()));
        if (candidate.isPresent()) {
            return candidate.get().complete() ? State.READY : State.BUILDING;
        }
        if (manifest.flatMap(each -> kept(each, version)).isPresent()) {
            return State.KEPT;
        }
        boolean wanted = storage.models()
                .find(version.name())
                .filter(each -> each.version() == version.version())
                .isPresent();
        return wanted ? State.PENDING : State.SUPERSEDED;
    }

    /**
     * Puts a version in force, in one step for all readers.
     *
     * @return the job that does it where an earlier generation is put back; empty where it is done
     * @throws BifocalException REFUSED where its history is not computed, or its run stays behind
     */
    Optional<Job> promote(AppliedModel version) {
        String model = version.name();
        return switch (state(version)) {
            case IN_FORCE -> want(version);
            case READY -> {
                long earlier = inForce(model).version();
                Generation promoted = promoteCandidate(version);
                Job unused = jobs.afterPromotion(model, earlier, promoted.part());
                yield want(version);
            }
            case KEPT -> {
                long generation = kept(storage.manifests().read(model).orElseThrow(), version)
                        .orElseThrow()
                        .number();
                yield Optional.of(jobs.create(
                        Map.of("type", "rollback", "model", model, "generation", generation), Optional.empty()));
            }
            case BUILDING, PENDING -> throw notComputed(version, "Compute it: ./bifocal backfill " + model + ".");
            case SUPERSEDED ->
                throw notComputed(version, "Apply its file again, then ./bifocal backfill " + model + ".");
        };
    }

    private Optional<Job> want(AppliedModel version) {
        storage.models().want(version);
        models.refresh();
        return Optional.empty();
    }

    private Generation promoteCandidate(AppliedModel version) {
        ManifestEditor editor = new ManifestEditor(storage.manifests(), clock);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<Generation> promoted = CandidateWriter.promote(
                    editor, version.name(), version.hash(), "promotion", config.number(Config.Key.GENERATIONS_KEPT));
            if (promoted.isPresent()) {
                return promoted.get();
            }
            pause();
        }
        long behind = behind(version);
        throw Errors.of(
                ErrorCode.REFUSED,
                "Version " + version.version() + " of " + version.name() + " is " + behind
                        + " records behind the one in force.",
                "Check with ./bifocal status that the speed job runs, and ask again once it has caught up.",
                Map.of("behind", behind));
    }

    /** Records that are counted in force, and not in a version that is to take over. */
    long behind(AppliedModel version) {
        Manifest manifest = storage.manifests().read(version.name()).orElseThrow();
        return manifest.as(version.hash())
                .map(mine -> Math.max(0, manifest.end().minus(mine.end())))
                .orElse(0L);
    }

    private static Optional<Generation> kept(Manifest manifest, AppliedModel version) {
        return manifest.kept().stream()
                .filter(each -> each.definition().equals(version.hash()))
                .reduce((earlier, later) -> later);
    }

    private static BifocalException notComputed(AppliedModel version, String remedy) {
        return Errors.of(
                ErrorCode.REFUSED,
                "The history of version " + version.version() + " of " + version.name() + " is not computed.",
                remedy,
                Map.of("model", version.name(), "version", version.version()));
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
