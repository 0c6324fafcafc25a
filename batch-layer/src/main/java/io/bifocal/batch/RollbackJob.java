package io.bifocal.batch;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.core.cut.Candidate;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.GenerationWriter.Task;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.PartId;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Definition;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.reconciliation.Attribution.Occasion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Puts an earlier generation back in force (rule 13). What arrived since its cut stays counted: one part from the archive
 * leads from there to a boundary of the chain.
 */
final class RollbackJob {
    private final JobContext context;
    private final Restating restating;

    RollbackJob(JobContext context, Restating restating) {
        this.context = context;
        this.restating = restating;
    }

    /** Returns when the generation of this number is in force, which was computed with this job's definition. */
    Generation run(long number) {
        Manifest manifest = context.editor().read(context.model());
        Generation earlier = kept(manifest, number);
        if (manifest.generation().number() == number) {
            return earlier; // by this job, before its process died, or by another one
        }
        return earlier.definition().equals(manifest.definition())
                ? sameDefinition(manifest, earlier)
                : otherDefinition(manifest, earlier);
    }

    /**
     * A kept generation.
     *
     * @throws io.bifocal.core.error.BifocalException NOT_FOUND where there is none of this number
     */
    static Generation kept(Manifest manifest, long number) {
        return manifest.kept(number).orElseThrow(() -> notKept(manifest, number));
    }

    /** What arrived since goes into one part from the archive; the speed job's run for the definition goes on from there. */
    private Generation otherDefinition(Manifest manifest, Generation earlier) {
        GenerationWriter writer = context.writer();
        Task task = new Task(
                context.model(),
                manifest.definition(),
                manifest.generation(),
                manifest.generation().cut(),
                PartId.next("bridge", manifest.version()),
                manifest.version(),
                earlier.retained());
        Noted<CommitNote> archived = context.lake().archive().archived();
        context.monitor().report(0.3, "counting from the archive what arrived since generation " + earlier.number());
        try {
            writer.renew(task); // nothing names the bridge yet: the pin keeps its rows from collection
            Part bridge = context.pinned(writer, task, () -> context.bridges()
                    .write(
                            task.part(),
                            task.birth(),
                            earlier.cut(),
                            archived.note().positions(),
                            archived));
            context.editor()
                    .apply(
                            context.model(),
                            (current, now) ->
                                    current.propose(Candidate.whole(earlier.definition(), earlier, bridge), now));
        } catch (Refused overtaken) {
            throw refused(earlier.number(), overtaken);
        } finally {
            writer.abandon(task);
        }
        return new BackfillJob(context, 1).promote();
    }

    private Generation sameDefinition(Manifest manifest, Generation earlier) {
        long number = earlier.number();
        GenerationWriter writer = context.writer();
        Beginning.Begun begun =
                context.beginning().await(writer, manifest.generation().cut());
        Task task = begun.task();
        try {
            context.monitor().report(0.3, "counting from the archive what arrived since generation " + number);
            Part bridge = context.pinned(writer, task, () -> context.bridges()
                    .write(task.part(), task.birth(), earlier.cut(), task.cut(), begun.archived()));
            context.monitor().report(0.7, "comparing with what is served");
            try (Restating.Compared compared =
                    context.pinned(writer, task, () -> compare(earlier, bridge, task.cut()))) {
                Restating.Announced announced = compared.announce(bridge.id(), "rollback");
                context.monitor().report(0.9, "putting generation " + number + " in force");
                context.monitor().passPointOfNoReturn();
                Manifest now = context.editor()
                        .apply(
                                context.model(),
                                (current, at) -> current.rollback(
                                        number,
                                        task.base().number(),
                                        bridge,
                                        context.settings().owner(),
                                        at));
                announced.tell(number);
                return now.generation();
            }
        } catch (Refused overtaken) {
            throw refused(number, overtaken);
        } finally {
            writer.abandon(task);
        }
    }

    private RuntimeException refused(long number, Refused overtaken) {
        return Errors.of(
                ErrorCode.JOB_FAILED,
                "Generation " + number + " cannot be put back in force: " + overtaken.getMessage(),
                "Look at the generations of " + context.model() + ", and ask again.",
                overtaken);
    }

    private Restating.Compared compare(Generation earlier, Part bridge, Positions cut) {
        Manifest manifest = context.editor().read(context.model());
        List<PartDay> after = new ArrayList<>(context.index(earlier.part()));
        after.addAll(context.index(bridge.id()));
        Definition mine = context.definition().definition();
        return restating.compare(
                manifest,
                SidedRows.before(manifest, cut),
                after,
                Map.of(),
                earlier.retained(),
                new Occasion(mine, mine, Cause.REPROCESSED, Instant.EPOCH));
    }

    private static RuntimeException notKept(Manifest manifest, long number) {
        String kept = manifest.kept().stream()
                .map(generation -> Long.toString(generation.number()))
                .collect(Collectors.joining(", "));
        return Errors.of(
                ErrorCode.NOT_FOUND,
                "Generation " + number + " of " + manifest.model() + " is not kept.",
                kept.isEmpty() ? "No earlier generation is kept." : "Kept are: " + kept + ".",
                Map.of("generation", number));
    }
}
