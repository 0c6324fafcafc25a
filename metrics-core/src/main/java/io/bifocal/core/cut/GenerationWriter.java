package io.bifocal.core.cut;

import io.bifocal.core.view.RetainedDays;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The protocol of a batch job, as the cut sees it (rules 8 and 9): find a boundary that the archive covers, hold it, compute,
 * write rows and index, publish. What is computed, and by which engine, is the caller's.
 */
public final class GenerationWriter {
    private final ManifestEditor editor;
    private final ViewStore views;
    private final String owner;
    private final Duration lease;
    private final int keep;
    private final RetainedDays retained;
    private final boolean alone;

    /**
     * @param owner the job's id, under which boundaries are pinned
     * @param lease how long a pin lasts unless {@link #renew renewed}
     * @param keep how many earlier generations stay, to be rolled back to
     * @param retained days that the next generation is to have at most
     */
    public GenerationWriter(
            ManifestEditor editor, ViewStore views, String owner, Duration lease, int keep, RetainedDays retained) {
        this(editor, views, owner, lease, keep, retained, false);
    }

    private GenerationWriter(
            ManifestEditor editor,
            ViewStore views,
            String owner,
            Duration lease,
            int keep,
            RetainedDays retained,
            boolean alone) {
        this.editor = editor;
        this.views = views;
        this.owner = owner;
        this.lease = lease;
        this.keep = keep;
        this.retained = retained;
        this.alone = alone;
    }

    /** One for a job whose generation stays alone (rule 14): no earlier one is kept, and no candidate. */
    public static GenerationWriter alone(
            ManifestEditor editor, ViewStore views, String owner, Duration lease, RetainedDays retained) {
        return new GenerationWriter(editor, views, owner, lease, 0, retained, true);
    }

    /**
     * What a job has to compute.
     *
     * @param base the generation in force, whose days are carried over where nothing touched them
     * @param cut the boundary up to which it counts
     * @param part under which its rows go, registered with the store
     * @param birth of the part's id
     * @param retained the days that the generation has at most: once gone, a day does not come back with a later one
     */
    public record Task(
            String model,
            String definition,
            Generation base,
            Positions cut,
            String part,
            long birth,
            RetainedDays retained) {}

    /** A day of a view that was recomputed. */
    public record ViewDay(String view, int day) {}

    /**
     * Seals the chain's end and pins the latest boundary that the archive covers.
     *
     * @param asked what the generation must cover at least
     * @param archived the positions of the archive version that will be read
     * @return empty where no such boundary covers what was asked yet: wait for the speed job or the archive
     */
    public Optional<Task> begin(String model, Positions asked, Positions archived) {
        Manifest sealed = editor.apply(model, Manifest::seal);
        // The archive may have been read before another job cut a generation past it.
        Optional<Positions> boundary = sealed.boundaryWithin(archived).filter(each -> each.covers(asked));
        if (boundary.isEmpty()) {
            return Optional.empty();
        }
        Positions cut = boundary.get();
        try {
            Manifest pinned = editor.apply(model, (current, now) -> current.pin(pin(cut, sealed.version(), now), now));
            String part = editor.newPart("batch", sealed);
            views.register(model, part);
            return Optional.of(new Task(
                    model,
                    pinned.definition(),
                    pinned.generation(),
                    cut,
                    part,
                    sealed.version(),
                    pinned.generation().retained().and(retained)));
        } catch (Refused foldedAway) {
            return Optional.empty();
        }
    }

    /** Keeps the boundary in place for another lease. */
    public void renew(Task task) {
        editor.apply(task.model(), (current, now) -> current.pin(pin(task.cut(), task.birth(), now), now));
    }

    /** Publishes what was computed from an archive that lacks nothing. */
    public Generation publish(
            Task task,
            Set<ViewDay> touched,
            Collection<PartDay> recomputed,
            long archiveVersion,
            long records,
            Instant lastArrival) {
        return publish(task, touched, recomputed, archiveVersion, records, lastArrival, List.of());
    }

    /**
     * Publishes: writes the index, in which untouched days keep the part that the base found them under, and days that are
     * not retained are no more, and puts the
     * generation in force in one step. The rows of every recomputed day must be acknowledged before.
     *
     * @param touched every day that was recomputed, also those in which no row is left
     * @param recomputed the index lines of the rows that were written
     * @param lost all that the archive lacks: what of it lies before the cut, answers will say
     * @throws Refused {@code GONE} where another generation was published meanwhile: begin again
     */
    public Generation publish(
            Task task,
            Set<ViewDay> touched,
            Collection<PartDay> recomputed,
            long archiveVersion,
            long records,
            Instant lastArrival,
            List<Hole> lost) {
        views.writeIndex(task.model(), task.part(), index(task, touched, recomputed));
        Generation next = new Generation(
                0,
                task.part(),
                task.definition(),
                task.cut(),
                archiveVersion,
                task.birth(),
                records,
                lastArrival,
                Instant.EPOCH,
                Hole.within(lost, Positions.NONE, task.cut()),
                task.retained().from());
        return editor.apply(task.model(), (current, now) -> published(current, next, task, now))
                .generation();
    }

    private Manifest published(Manifest current, Generation next, Task task, Instant now) {
        long base = task.base().number();
        return alone
                ? current.publishAlone(next, base, task.definition(), owner, now)
                : current.publish(next, base, task.definition(), owner, keep, now);
    }

    /** The index that {@link #publish} writes for the same arguments. */
    public List<PartDay> index(Task task, Set<ViewDay> touched, Collection<PartDay> recomputed) {
        List<PartDay> index = new ArrayList<>(recomputed);
        if (!task.base().none()) {
            views.index(task.model(), task.base().part()).toCompletableFuture().join().stream()
                    .filter(day -> !touched.contains(new ViewDay(day.view(), day.day())))
                    .forEach(index::add);
        }
        return task.retained().of(index);
    }

    /** Lets go of the boundary; the rows that were written are nobody's and will be collected. */
    public void abandon(Task task) {
        editor.apply(task.model(), (current, now) -> current.unpin(owner, now));
    }

    private Manifest.Pin pin(Positions boundary, long birth, Instant now) {
        return new Manifest.Pin(owner, boundary, birth, now.plus(lease));
    }
}
