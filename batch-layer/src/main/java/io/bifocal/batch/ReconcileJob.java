package io.bifocal.batch;

import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.GenerationWriter.Task;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Definition;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.reconciliation.Attribution.Occasion;
import io.bifocal.spark.CompiledDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Puts a part of the archive in the place of what the speed job has written since the generation in force (rule 11), and
 * tells how far the two differed: what had drifted is right from then on. The generation stays as it is.
 */
final class ReconcileJob {
    private final Lake lake;
    private final CompiledDefinition definition;
    private final ManifestEditor editor;
    private final ViewStores stores;
    private final GenerationJob.Settings settings;
    private final Restating restating;
    private final Monitor monitor;

    ReconcileJob(
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

    /**
     * Reconciles all that the speed job had counted when this was asked.
     *
     * @param asked what Kafka had acknowledged then
     * @return empty where nothing has been counted since the generation but from the archive
     */
    Optional<Reconciliation> run(Positions asked) {
        GenerationWriter writer =
                new GenerationWriter(editor, stores.open(), settings.owner(), settings.lease(), settings.keep());
        Beginning.Begun begun = new Beginning(lake, definition, editor, stores, settings, monitor).await(writer, asked);
        try {
            Manifest manifest = editor.read(lake.model());
            List<Part> replaced = replaceable(manifest, begun.task().cut());
            if (replaced.stream().allMatch(part -> part.kind() == Part.Kind.ARCHIVE)) {
                return Optional.empty();
            }
            return Optional.of(PinRenewal.during(
                    writer, begun.task(), settings.lease(), () -> replace(begun, manifest, replaced)));
        } catch (Refused overtaken) {
            throw Errors.of(
                    ErrorCode.JOB_FAILED,
                    "The live parts of " + lake.model() + " were replaced meanwhile: " + overtaken.getMessage(),
                    "Ask again once the other jobs of this model have ended.",
                    overtaken);
        } finally {
            writer.abandon(begun.task());
        }
    }

    private Reconciliation replace(Beginning.Begun begun, Manifest manifest, List<Part> replaced) {
        Task task = begun.task();
        Positions from = replaced.get(0).from();
        monitor.report(0.3, "counting from the archive what the speed job has counted");
        Part part = new Bridges(lake, definition, editor, stores)
                .write(task.part(), task.birth(), from, task.cut(), begun.archived());
        monitor.report(0.6, "comparing with what is served");
        try (Restating.Compared compared = compare(begun, manifest, replaced, part)) {
            monitor.report(0.9, "putting the archive's part in force");
            Manifest now = editor.apply(
                    lake.model(),
                    (current, at) -> current.fold(
                            replaceable(current, task.cut()).stream()
                                    .map(Part::id)
                                    .toList(),
                            part,
                            at));
            return compared.tell(now.updatedAt(), now.generation().number(), "reconcile");
        }
    }

    private Restating.Compared compare(Beginning.Begun begun, Manifest manifest, List<Part> replaced, Part part) {
        Definition mine = definition.definition();
        ViewStore views = stores.open();
        List<PartDay> after = new ArrayList<>(index(views, part.id()));
        if (!manifest.generation().none()) {
            after.addAll(index(views, manifest.generation().part()));
        }
        Optional<Dataset<Row>> arrived = mine.model().identity().isEmpty()
                ? Optional.empty()
                : Optional.of(new BatchViews(definition, lake.shufflePartitions())
                        .each(lake.archive().at(begun.archived().version()), part.from(), part.to()));
        // No exact number is published: none can be restated because events came late.
        return restating.compare(
                manifest, replaced, after, arrived, new Occasion(mine, mine, Cause.UNEXPLAINED, Instant.EPOCH));
    }

    /** The parts up to a boundary, but none before a hole: nobody has its records, and it must stay known. */
    private static List<Part> replaceable(Manifest manifest, Positions boundary) {
        List<Part> parts = new ArrayList<>();
        for (Part part :
                manifest.chain().subList(0, Math.max(0, manifest.boundaries().indexOf(boundary)))) {
            if (part.kind() == Part.Kind.HOLE) {
                parts.clear();
            } else {
                parts.add(part);
            }
        }
        return parts;
    }

    private List<PartDay> index(ViewStore views, String part) {
        return views.index(lake.model(), part).toCompletableFuture().join();
    }
}
