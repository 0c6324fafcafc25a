package io.bifocal.batch;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.core.cut.Candidate;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.GenerationWriter.Task;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
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
import io.bifocal.spark.CompiledDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Puts an earlier generation back in force (rule 13). What arrived since its cut stays counted: one part from the archive
 * leads from there to a boundary of the chain.
 */
final class RollbackJob {
    private final Lake lake;
    private final CompiledDefinition definition;
    private final ManifestEditor editor;
    private final ViewStores stores;
    private final GenerationJob.Settings settings;
    private final Restating restating;
    private final Monitor monitor;

    RollbackJob(
            Lake lake,
            CompiledDefinition definition,
            ManifestEditor editor,
            ViewStores stores,
            GenerationJob.Settings settings,
            Restating restating,
            Monitor monitor) {
        this.lake = lake;
        this.definition = definition;
        this.editor = editor;
        this.stores = stores;
        this.settings = settings;
        this.restating = restating;
        this.monitor = monitor;
    }

    /** Returns when the generation of this number is in force, which was computed with this job's definition. */
    Generation run(long number) {
        Manifest manifest = editor.read(lake.model());
        Generation earlier = kept(manifest, number);
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
        GenerationWriter writer = writer();
        Task task = new Task(
                lake.model(),
                manifest.definition(),
                manifest.generation(),
                manifest.generation().cut(),
                PartId.next("bridge", manifest.version()),
                manifest.version());
        Noted<CommitNote> archived = lake.archive().log().newest().orElse(Appender.NOTHING);
        monitor.report(0.3, "counting from the archive what arrived since generation " + earlier.number());
        try {
            writer.renew(task); // nothing names the bridge yet: the pin keeps its rows from collection
            Part bridge = PinRenewal.during(
                    writer, task, settings.lease(), () -> new Bridges(lake, definition, editor, stores)
                            .write(
                                    task.part(),
                                    task.birth(),
                                    earlier.cut(),
                                    archived.note().positions(),
                                    archived));
            editor.apply(
                    lake.model(),
                    (current, now) -> current.propose(Candidate.whole(earlier.definition(), earlier, bridge), now));
        } catch (Refused overtaken) {
            throw refused(earlier.number(), overtaken);
        } finally {
            writer.abandon(task);
        }
        BackfillJob takeOver = new BackfillJob(lake, definition, editor, stores, settings, monitor, 1);
        Generation promoted = takeOver.promote();
        takeOver.gold(promoted);
        return promoted;
    }

    private Generation sameDefinition(Manifest manifest, Generation earlier) {
        long number = earlier.number();
        GenerationWriter writer = writer();
        Beginning.Begun begun = new Beginning(lake, definition, editor, stores, settings, monitor)
                .await(writer, manifest.generation().cut());
        Task task = begun.task();
        try {
            monitor.report(0.3, "counting from the archive what arrived since generation " + number);
            Part bridge = PinRenewal.during(
                    writer, task, settings.lease(), () -> new Bridges(lake, definition, editor, stores)
                            .write(task.part(), task.birth(), earlier.cut(), task.cut(), begun.archived()));
            monitor.report(0.7, "comparing with what is served");
            try (Restating.Compared compared =
                    PinRenewal.during(writer, task, settings.lease(), () -> compare(earlier, bridge, task.cut()))) {
                monitor.report(0.9, "putting generation " + number + " in force");
                Manifest now = editor.apply(
                        lake.model(),
                        (current, at) -> current.rollback(number, task.base().number(), bridge, settings.owner(), at));
                compared.tell(now.updatedAt(), number, "rollback");
                return now.generation();
            }
        } catch (Refused overtaken) {
            throw refused(number, overtaken);
        } finally {
            writer.abandon(task);
        }
    }

    private GenerationWriter writer() {
        return new GenerationWriter(editor, stores.open(), settings.owner(), settings.lease(), settings.keep());
    }

    private RuntimeException refused(long number, Refused overtaken) {
        return Errors.of(
                ErrorCode.JOB_FAILED,
                "Generation " + number + " cannot be put back in force: " + overtaken.getMessage(),
                "Look at the generations of " + lake.model() + ", and ask again.",
                overtaken);
    }

    private Restating.Compared compare(Generation earlier, Part bridge, Positions cut) {
        Manifest manifest = editor.read(lake.model());
        List<PartDay> after = new ArrayList<>(index(earlier.part()));
        after.addAll(index(bridge.id()));
        Definition mine = definition.definition();
        return restating.compare(
                manifest,
                SidedRows.before(manifest, cut),
                after,
                Optional.empty(),
                new Occasion(mine, mine, Cause.REPROCESSED, Instant.EPOCH));
    }

    private List<PartDay> index(String part) {
        return stores.open().index(lake.model(), part).toCompletableFuture().join();
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
