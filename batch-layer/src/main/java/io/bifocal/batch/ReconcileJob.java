package io.bifocal.batch;

import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.GenerationWriter.Task;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Definition;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.reconciliation.Attribution.Occasion;
import io.bifocal.reconciliation.Side;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Puts a part of the archive in the place of what the speed job has written since the generation in force (rule 11), and
 * tells how far the two differed: what had drifted is right from then on. The generation stays as it is.
 */
final class ReconcileJob {
    private static final String OCCASION = "reconcile";

    private final JobContext context;
    private final Restating restating;

    ReconcileJob(JobContext context, Restating restating) {
        this.context = context;
        this.restating = restating;
    }

    /**
     * Reconciles all that the speed job had counted when this was asked.
     *
     * @param asked what Kafka had acknowledged then
     * @return what was found; nothing where all that is served is from the archive
     */
    Reconciliation run(Positions asked) {
        GenerationWriter writer = context.writer();
        Beginning.Begun begun = context.beginning().await(writer, asked);
        try {
            Manifest manifest = context.editor().read(context.model());
            List<Part> replaced = replaceable(manifest, begun.task().cut());
            if (replaced.stream().allMatch(part -> part.kind() == Part.Kind.ARCHIVE)) {
                return restating.tellOfNothing(OCCASION, manifest.generation().number());
            }
            return context.pinned(writer, begun.task(), () -> replace(begun, manifest, replaced));
        } catch (Refused overtaken) {
            throw Errors.of(
                    ErrorCode.JOB_FAILED,
                    "The live parts of " + context.model() + " were replaced meanwhile: " + overtaken.getMessage(),
                    "Ask again once the other jobs of this model have ended.",
                    overtaken);
        } finally {
            writer.abandon(begun.task());
        }
    }

    private Reconciliation replace(Beginning.Begun begun, Manifest manifest, List<Part> replaced) {
        Task task = begun.task();
        Positions from = replaced.get(0).from();
        context.monitor().report(0.3, "counting from the archive what the speed job has counted");
        Dataset<Row> archive = context.lake().archive().at(begun.archived().version());
        try (BatchViews.Computed rows =
                context.views().between(archive, from, from, task.cut()).persisted()) {
            Part part = context.bridges()
                    .write(task.part(), task.birth(), from, task.cut(), begun.archived(), rows.exact());
            return replace(task, manifest, replaced, part, rows.duplicates());
        }
    }

    private Reconciliation replace(
            Task task, Manifest manifest, List<Part> replaced, Part part, Dataset<Row> duplicates) {
        context.monitor().report(0.6, "comparing with what is served");
        try (Restating.Compared compared = compare(manifest, replaced, part, duplicates)) {
            Restating.Announced announced = compared.announce(part.id(), OCCASION);
            context.monitor().report(0.9, "putting the archive's part in force");
            context.monitor().passPointOfNoReturn();
            Manifest now = context.editor()
                    .apply(
                            context.model(),
                            (current, at) -> current.fold(
                                    replaceable(current, task.cut()).stream()
                                            .map(Part::id)
                                            .toList(),
                                    part,
                                    at));
            return announced.tell(now.generation().number());
        }
    }

    private Restating.Compared compare(Manifest manifest, List<Part> replaced, Part part, Dataset<Row> duplicates) {
        Definition mine = context.definition().definition();
        List<PartDay> after = new ArrayList<>(context.index(part.id()));
        if (!manifest.generation().none()) {
            after.addAll(context.index(manifest.generation().part()));
        }
        // No exact number is published: none can be restated because events came late.
        return restating.compare(
                manifest,
                replaced,
                after,
                Map.of(Side.DUPLICATES, duplicates),
                manifest.generation().retained(),
                new Occasion(mine, mine, Cause.UNEXPLAINED, Instant.EPOCH));
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
}
