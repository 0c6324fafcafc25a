package io.bifocal.batch;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.GenerationWriter.Task;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Positions;
import java.time.Duration;
import java.util.Optional;

/**
 * Waits until a generation can be computed that covers what was asked: until the speed job has counted it, the archive holds
 * it, and the chain has a boundary between the two. Where the speed job is dead or too far behind, the archive stands in for
 * it.
 */
final class Beginning {
    private final JobContext context;

    /**
     * @param archived the archive version to read
     */
    record Begun(Task task, Noted<CommitNote> archived) {}

    Beginning(JobContext context) {
        this.context = context;
    }

    Begun await(GenerationWriter writer, Positions asked) {
        String model = context.model();
        ArchiveTable archive = context.lake().archive();
        Manifest manifest = context.editor().readOrCreate(model, context.hash());
        Noted<CommitNote> archived = context.awaitArchived(Positions.NONE);
        Positions due = asked;
        Optional<Positions> end = Optional.empty();
        long begun = System.nanoTime();
        while (true) {
            Positions reached = archived.note().positions();
            if (manifest.end().covers(due) && reached.covers(end.orElse(due))) {
                Optional<Task> task = writer.begin(model, due, reached);
                if (task.isPresent()) {
                    return new Begun(task.get(), archived);
                }
                // The chain's end is a boundary now: go on once the archive is there too.
                manifest = context.editor().read(model);
                end = Optional.of(manifest.end());
            } else if (!manifest.end().covers(due)
                    && reached.covers(manifest.end())
                    && !reached.equals(manifest.end())
                    && Duration.ofNanos(System.nanoTime() - begun)
                                    .compareTo(context.settings().patience())
                            > 0) {
                context.monitor().report(0.1, "the speed job is behind: counting from the archive in its place");
                boolean unused = context.bridges().append(manifest, reached, archived);
            }
            context.monitor().report(0.0, waitingFor(manifest.end(), reached, due, end.orElse(due)));
            context.monitor().pause();
            manifest = context.editor().read(model);
            archived = archived.equals(Appender.NOTHING)
                    ? archive.archived()
                    : archive.log().newestSince(archived);
            due = context.obtainable(asked, manifest.end().max(archived.note().positions()));
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
