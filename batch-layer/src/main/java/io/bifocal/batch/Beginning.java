package io.bifocal.batch;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.GenerationWriter.Task;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.spark.CompiledDefinition;
import java.time.Duration;
import java.util.Optional;

/**
 * Waits until a generation can be computed that covers what was asked: until the speed job has counted it, the archive holds
 * it, and the chain has a boundary between the two. Where the speed job is dead or too far behind, the archive stands in for
 * it.
 */
final class Beginning {
    private static final Duration PAUSE = Duration.ofMillis(300);

    private final Lake lake;
    private final CompiledDefinition definition;
    private final ManifestEditor editor;
    private final ViewStores stores;
    private final GenerationJob.Settings settings;
    private final Monitor monitor;

    /**
     * @param archived the archive version to read
     */
    record Begun(Task task, Noted<CommitNote> archived) {}

    Beginning(
            Lake lake,
            CompiledDefinition definition,
            ManifestEditor editor,
            ViewStores stores,
            GenerationJob.Settings settings,
            Monitor monitor) {
        this.lake = lake;
        this.definition = definition;
        this.editor = editor;
        this.stores = stores;
        this.settings = settings;
        this.monitor = monitor;
    }

    Begun await(GenerationWriter writer, Positions asked) {
        String model = lake.model();
        ArchiveTable archive = lake.archive();
        Manifest manifest = editor.readOrCreate(model, DefinitionJson.hash(definition.definition()));
        Noted<CommitNote> archived = archive.log().newest().orElse(Appender.NOTHING);
        Positions wanted = asked;
        long begun = System.nanoTime();
        while (true) {
            Positions reached = archived.note().positions();
            if (manifest.end().covers(asked) && reached.covers(wanted)) {
                Optional<Task> task = writer.begin(model, asked, reached);
                if (task.isPresent()) {
                    return new Begun(task.get(), archived);
                }
                // The chain's end is a boundary now: go on once the archive is there too.
                manifest = editor.read(model);
                wanted = manifest.end();
            } else if (!manifest.end().covers(asked)
                    && reached.covers(manifest.end())
                    && !reached.equals(manifest.end())
                    && Duration.ofNanos(System.nanoTime() - begun).compareTo(settings.patience()) > 0) {
                monitor.report(0.1, "the speed job is behind: counting from the archive in its place");
                boolean unused = new Bridges(lake, definition, editor, stores).append(manifest, reached, archived);
            }
            monitor.report(0.0, waitingFor(manifest.end(), reached, asked, wanted));
            monitor.pause(PAUSE);
            manifest = editor.read(model);
            archived = archived.equals(Appender.NOTHING)
                    ? archive.log().newest().orElse(Appender.NOTHING)
                    : archive.log().newestSince(archived);
        }
    }

    private static String waitingFor(Positions counted, Positions archived, Positions asked, Positions wanted) {
        long uncounted = asked.minus(counted);
        long unarchived = wanted.minus(archived);
        return "waiting for " + (uncounted > 0 ? uncounted + " records to be counted by the speed job" : "")
                + (uncounted > 0 && unarchived > 0 ? " and " : "")
                + (unarchived > 0 ? unarchived + " records to be archived" : "")
                + (uncounted <= 0 && unarchived <= 0 ? "a boundary that the archive covers" : "");
    }
}
