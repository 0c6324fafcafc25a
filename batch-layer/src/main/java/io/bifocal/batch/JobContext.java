package io.bifocal.batch;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.GenerationWriter.Task;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.model.Retention;
import io.bifocal.core.view.RetainedDays;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.spark.CompiledDefinition;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What every job on a model's views works with.
 *
 * @param definition that views are computed with
 * @param topic the id of the model's topic as it is now; empty where that cannot be told
 */
record JobContext(
        Lake lake,
        CompiledDefinition definition,
        ManifestEditor editor,
        ViewStores stores,
        Supplier<Optional<String>> topic,
        Settings settings,
        Monitor monitor) {
    /**
     * How a job goes about it.
     *
     * @param owner the job's id
     * @param lease of the boundary that the job reads up to
     * @param keep how many earlier generations stay
     * @param alone whether nothing stays beside a generation that it publishes, whatever is kept otherwise
     * @param patience with a speed job that has not counted what was asked, before the archive stands in for it
     */
    record Settings(String owner, Duration lease, int keep, boolean alone, Duration patience) {}

    /** The same, for a job that leaves nothing beside the generation that it publishes. */
    JobContext alone() {
        Settings alone = new Settings(settings.owner(), settings.lease(), settings.keep(), true, settings.patience());
        return new JobContext(lake, definition, editor, stores, topic, alone, monitor);
    }

    /** The same, for a piece of the job. */
    JobContext reporting(Monitor piece) {
        return new JobContext(lake, definition, editor, stores, topic, settings, piece);
    }

    String model() {
        return lake.model();
    }

    /** The definition's hash. */
    String hash() {
        return DefinitionJson.hash(definition.definition());
    }

    GenerationWriter writer() {
        return settings.alone()
                ? GenerationWriter.alone(editor, stores.open(), settings.owner(), settings.lease(), retained())
                : new GenerationWriter(
                        editor, stores.open(), settings.owner(), settings.lease(), settings.keep(), retained());
    }

    /** The days that generations have from now on, as the model wants them. */
    RetainedDays retained() {
        return new RetainedDays(retention().flatMap(each -> each.viewsFrom(LocalDate.now(ZoneOffset.UTC))));
    }

    Optional<Retention> retention() {
        return definition.definition().model().retention();
    }

    /** Does work that reads up to the task's boundary, and keeps that pinned meanwhile. */
    <T> T pinned(GenerationWriter writer, Task task, Supplier<T> work) {
        return PinRenewal.during(writer, task, settings.lease(), work);
    }

    /** The archive's newest commit, once there is an archive and it holds all that was asked. */
    Noted<CommitNote> awaitArchived(Positions asked) {
        ArchiveTable archive = lake.archive();
        while (!archive.exists()) {
            monitor.report(0, "waiting for the archiver to make the archive");
            monitor.pause();
        }
        Noted<CommitNote> archived = archive.archived();
        Positions due = asked;
        while (!archived.note().positions().covers(due)) {
            monitor.report(0, "waiting for " + due.minus(archived.note().positions()) + " records to be archived");
            monitor.pause();
            archived = archive.archived();
            due = obtainable(
                    asked,
                    archived.note()
                            .positions()
                            .max(editor.readOrCreate(model(), hash()).end()));
        }
        return archived;
    }

    /**
     * What can still be had of what was asked: all in the topic that there is now, and of one that was deleted since no more than
     * is there. Whoever waited for the rest would wait for ever.
     *
     * @param there up to where records are counted, or archived
     */
    Positions obtainable(Positions asked, Positions there) {
        return topic.get()
                .map(id ->
                        Positions.of(id, asked.topic(id)).max(asked.without(id).min(there)))
                .orElse(asked);
    }

    Beginning beginning() {
        return new Beginning(this);
    }

    Bridges bridges() {
        return new Bridges(lake, definition, editor, stores);
    }

    BatchViews views() {
        return new BatchViews(definition, lake.shufflePartitions());
    }

    GoldTables goldTables() {
        return new GoldTables(lake, definition, stores);
    }

    /** Writes rows under a part and returns, when they are acknowledged, the part's index lines for them. */
    List<PartDay> write(Dataset<Row> rows, String part) {
        return ViewRows.write(rows, stores, definition, part);
    }

    /** Which rows a part has. */
    List<PartDay> index(String part) {
        return stores.open().index(model(), part).toCompletableFuture().join();
    }
}
