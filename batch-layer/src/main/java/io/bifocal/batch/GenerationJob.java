package io.bifocal.batch;

import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.GenerationWriter.Task;
import io.bifocal.core.cut.GenerationWriter.ViewDay;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Definition;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.reconciliation.Attribution.Occasion;
import io.bifocal.reconciliation.Side;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes and publishes the next generation of a model (rules 8 and 9). What it costs follows what was added since the
 * generation in force, and the days that this falls into; a full one reads everything, and gives the same.
 */
final class GenerationJob {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationJob.class);
    private static final int ATTEMPTS = 2;

    private final JobContext context;
    private final Restating restating;

    GenerationJob(JobContext context, Restating restating) {
        this.context = context;
        this.restating = restating;
    }

    /**
     * What a job brought about.
     *
     * @param days of views, recomputed
     * @param records that were added since the generation before; of a full one, all
     * @param restated which numbers it moved
     * @param goldFault why the gold tables do not show the generation, where they don't
     */
    record Published(
            Generation generation, int days, long records, Reconciliation restated, Optional<String> goldFault) {}

    /**
     * Publishes a generation.
     *
     * @param asked what it must cover, whatever waiting that needs
     */
    Published run(Positions asked, Extent extent) {
        return run(asked, extent, Optional.empty());
    }

    /** @param reason why numbers move that nothing else explains; empty: there is none */
    Published run(Positions asked, Extent extent, Optional<Cause> reason) {
        for (int attempt = 1; ; attempt++) {
            try {
                return attempt(asked, extent, reason);
            } catch (Refused overtaken) {
                LOG.info("start over: {}", overtaken.getMessage());
                if (attempt == ATTEMPTS) {
                    throw Errors.of(
                            ErrorCode.JOB_FAILED,
                            "Other generations of " + context.model() + " were published meanwhile: "
                                    + overtaken.getMessage(),
                            "Look at the jobs of this model, and ask again when they have ended.",
                            overtaken);
                }
            }
        }
    }

    private Published attempt(Positions asked, Extent extent, Optional<Cause> reason) {
        GenerationWriter writer = context.writer();
        Beginning.Begun begun = context.beginning().await(writer, asked);
        try (Recomputed recomputed = context.pinned(writer, begun.task(), () -> recompute(begun, extent))) {
            try (Restating.Compared compared =
                    context.pinned(writer, begun.task(), () -> compare(writer, begun, recomputed, extent, reason))) {
                Restating.Announced announced = compared.announce(begun.task().part(), "generation");
                Generation published = publish(writer, begun, recomputed, extent);
                return new Published(
                        published,
                        recomputed.touched().count(),
                        recomputed.arrivals().records(),
                        announced.tell(published.number()),
                        context.goldTables()
                                .show(
                                        recomputed.rows().exact(),
                                        published,
                                        recomputed.base(),
                                        recomputed.touched(),
                                        index(published),
                                        context.monitor()));
            }
        } finally {
            // Spark throws checked exceptions that it does not declare; whatever happened, nothing stays pinned.
            release(writer, begun.task());
        }
    }

    /**
     * What was computed, and is written to the view store but not named yet.
     *
     * @param base what it builds on; {@link Generation#NONE} for a full generation
     * @param rows kept on Spark's disks until closed
     */
    private record Recomputed(
            Generation base, Arrivals arrivals, TouchedDays touched, BatchViews.Computed rows, List<PartDay> written)
            implements AutoCloseable {
        @Override
        public void close() {
            rows.close();
        }
    }

    private Recomputed recompute(Beginning.Begun begun, Extent extent) {
        Task task = begun.task();
        requireDefinition(task);
        Generation base = extent.everything() ? Generation.NONE : task.base();
        context.monitor().report(0.2, "looking for what changed since generation " + base.number());
        Dataset<Row> archive = context.lake().archive().at(begun.archived().version());
        Dataset<Row> records = archive.where(ArchiveTable.between(base.cut(), task.cut()));
        Added added = Added.of(new Reading(context.definition()).found(records), context.definition());
        TouchedDays touched = added.touched()
                .with(extent.named(index(base), View.of(context.definition().definition())))
                .within(task.retained());
        context.monitor()
                .report(
                        0.3,
                        "recomputing " + touched.count() + " days of views, "
                                + added.arrivals().records() + " new records");
        BatchViews views = context.views();
        Positions counted = task.base().cut();
        BatchViews.Computed rows = (extent.everything()
                        ? views.between(archive, counted, Positions.NONE, task.cut())
                        : views.of(archive, counted, task.cut(), touched))
                .within(task.retained())
                .persisted();
        List<PartDay> written = context.write(rows.exact(), task.part());
        return new Recomputed(base, added.arrivals(), touched, rows, written);
    }

    private Restating.Compared compare(
            GenerationWriter writer,
            Beginning.Begun begun,
            Recomputed recomputed,
            Extent extent,
            Optional<Cause> reason) {
        context.monitor().report(0.7, "comparing with what is served");
        Task task = begun.task();
        Manifest manifest = context.editor().read(context.model());
        Definition mine = context.definition().definition();
        Map<Side, Dataset<Row>> computed = new EnumMap<>(Side.class);
        computed.put(Side.DUPLICATES, recomputed.rows().duplicates());
        Dataset<Row> archive = context.lake().archive().at(begun.archived().version());
        SidedRows.holes(manifest, task.cut()).stream()
                .map(hole -> context.views().each(archive, hole.from(), hole.to()))
                .reduce(Dataset::union)
                .ifPresent(rows -> computed.put(Side.FILLED, rows));
        return restating.compare(
                manifest,
                SidedRows.before(manifest, task.cut()),
                writer.index(task, withBaseDays(recomputed.touched().asSet(), task, extent), recomputed.written()),
                computed,
                task.retained(),
                new Occasion(
                        mine,
                        mine,
                        reason.orElse(Cause.UNEXPLAINED),
                        task.base().publishedAt()));
    }

    private Generation publish(GenerationWriter writer, Beginning.Begun begun, Recomputed recomputed, Extent extent) {
        context.monitor().report(0.8, "publishing");
        context.monitor().passPointOfNoReturn();
        Generation base = recomputed.base();
        Instant arrival = recomputed.arrivals().last();
        return writer.publish(
                begun.task(),
                withBaseDays(recomputed.touched().asSet(), begun.task(), extent),
                recomputed.written(),
                begun.archived().version(),
                base.records() + recomputed.arrivals().records(),
                arrival.isAfter(base.lastArrival()) ? arrival : base.lastArrival(),
                begun.archived().note().lost());
    }

    /** A full generation leaves no day of its base in place, not even one in which the archive has nothing. */
    private Set<ViewDay> withBaseDays(Set<ViewDay> touched, Task task, Extent extent) {
        if (!extent.everything()) {
            return touched;
        }
        Set<ViewDay> all = new HashSet<>(touched);
        index(task.base()).forEach(day -> all.add(new ViewDay(day.view(), day.day())));
        return all;
    }

    private List<PartDay> index(Generation generation) {
        return generation.none() ? List.of() : context.index(generation.part());
    }

    private void requireDefinition(Task task) {
        String mine = context.hash();
        if (!task.definition().equals(mine)) {
            throw Errors.of(
                    ErrorCode.DEFINITION_CHANGED,
                    "What is in force for " + context.model() + " was computed with definition " + task.definition()
                            + "; the catalog has " + mine + ".",
                    "Publish the changed definition with a backfill, or apply the earlier one again.");
        }
    }

    private void release(GenerationWriter writer, Task task) {
        try {
            boolean pinned = context.editor().read(context.model()).pins().stream()
                    .anyMatch(pin -> pin.owner().equals(context.settings().owner()));
            if (pinned) {
                writer.abandon(task);
            }
        } catch (RuntimeException failure) {
            LOG.warn("the pin of {} stays until its lease ends: {}", task.part(), failure.getMessage());
        }
    }
}
