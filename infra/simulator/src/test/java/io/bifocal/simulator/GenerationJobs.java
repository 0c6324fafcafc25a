package io.bifocal.simulator;

import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.GenerationWriter.Task;
import io.bifocal.core.cut.GenerationWriter.ViewDay;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.view.ViewRow;
import io.bifocal.simulator.BatchJobs.Begun;
import io.bifocal.simulator.SimulatedKafka.Entry;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Batch jobs that compute the next generation from the archive, and publish it. */
final class GenerationJobs {
    private final World world;
    private final BatchJobs jobs;
    private int published;

    GenerationJobs(World world, BatchJobs jobs) {
        this.world = world;
        this.jobs = jobs;
    }

    /** How many were published. */
    int published() {
        return published;
    }

    /** A batch job that covers what Kafka had acknowledged when it was asked; it may give up waiting for that. */
    void recompute(boolean full) {
        SimulatedModel model = world.catalog().version(world.manifest().definition());
        GenerationWriter writer = jobs.writer(jobs.owner());
        Positions asked = world.random().nextBoolean() ? world.kafka().end() : Positions.NONE;
        publish(writer, model, asked, full);
    }

    /** Publishes a generation, unless it has to wait too long, or is overtaken. */
    boolean publish(GenerationWriter writer, SimulatedModel model, Positions asked, boolean full) {
        Optional<Begun> begun = jobs.await(writer, model, asked);
        if (begun.isPresent() && !begun.get().task().definition().equals(model.hash())) {
            writer.abandon(begun.get().task());
            return false;
        }
        return begun.isPresent() && publish(writer, model, begun.get(), full);
    }

    private boolean publish(GenerationWriter writer, SimulatedModel model, Begun begun, boolean full) {
        Task task = begun.task();
        List<Entry> covered = begun.archived().between(Positions.NONE, task.cut());
        Set<ViewDay> touched = touched(model, begun, full);
        List<ViewRow> rows = world.exact(model, covered).stream()
                .filter(row -> touched.contains(new ViewDay(row.view(), row.day())))
                .toList();
        for (ViewRow row : rows) {
            world.views().write(SimulatedModel.NAME, task.part(), List.of(row));
            if (world.random().nextInt(16) == 0) {
                renew(writer, task);
            }
        }
        try {
            writer.publish(
                    task,
                    touched,
                    World.index(task.part(), rows),
                    begun.archived().number(),
                    covered.size(),
                    SimulatedKafka.lastArrival(covered),
                    world.lost(begun.archived()));
            published++;
            return true;
        } catch (Refused overtaken) {
            writer.abandon(task);
            return false;
        }
    }

    private Set<ViewDay> touched(SimulatedModel model, Begun begun, boolean full) {
        Generation base = begun.task().base();
        Set<ViewDay> touched = model.days(added(model, begun, full));
        if (full && !base.none()) {
            // No day stays in place, not even one in which the archive has nothing any more.
            world.views().index(SimulatedModel.NAME, base.part()).toCompletableFuture().join().stream()
                    .map(day -> new ViewDay(day.view(), day.day()))
                    .forEach(touched::add);
        }
        return touched;
    }

    private List<Entry> added(SimulatedModel model, Begun begun, boolean full) {
        Generation base = begun.task().base();
        List<Entry> added = begun.archived()
                .between(full ? Positions.NONE : base.cut(), begun.task().cut());
        if (world.without(Rule.TOUCHED_DAYS) && !full) {
            added = added.stream()
                    .filter(entry -> model.happened(entry)
                            .map(day -> day == world.today())
                            .orElse(true))
                    .toList();
        }
        return added;
    }

    private static void renew(GenerationWriter writer, Task task) {
        try {
            writer.renew(task);
        } catch (Refused tooLate) {
            // The lease had ended and the boundary is gone: publishing will say so.
        }
    }
}
