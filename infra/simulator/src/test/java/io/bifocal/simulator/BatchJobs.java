package io.bifocal.simulator;

import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.GenerationWriter.Task;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.view.RetainedDays;
import io.bifocal.simulator.SimulatedArchive.Version;
import java.time.Duration;
import java.util.Optional;

/** What batch jobs have in common: each has an id, keeps so many earlier generations, and waits until it can begin. */
final class BatchJobs {
    static final int ROUNDS_OF_WAITING = 10;
    private static final Duration PIN_LEASE = Duration.ofSeconds(3);
    private static final int MOST_GENERATIONS_KEPT = 2;

    private final World world;
    private final Bridges bridges;
    private final int generationsKept;
    private RetainedDays retained = RetainedDays.ALL;
    private int jobs;

    BatchJobs(World world, Bridges bridges) {
        this.world = world;
        this.bridges = bridges;
        this.generationsKept = world.random().nextInt(MOST_GENERATIONS_KEPT + 1);
    }

    int generationsKept() {
        return generationsKept;
    }

    /** The days that the model wants to be kept. */
    RetainedDays retained() {
        return retained;
    }

    /** From now on other days are. */
    void age() {
        retained = new RetainedDays(
                Optional.of(SimulatedModel.FIRST_DAY.plusDays(world.random().nextInt(SimulatedModel.DAYS - 1))));
    }

    /** A new job's id. */
    String owner() {
        return "job-" + ++jobs;
    }

    GenerationWriter writer(String owner) {
        return new GenerationWriter(world.editor(), world.views(), owner, PIN_LEASE, generationsKept, retained());
    }

    /** One whose generation stays alone. */
    GenerationWriter writerAlone(String owner) {
        return GenerationWriter.alone(world.editor(), world.views(), owner, PIN_LEASE, retained());
    }

    /** @param archived the archive version to read */
    record Begun(Task task, Version archived) {}

    /** Waits for the speed job, the archive, and a boundary between the two; where the speed job is behind, stands in for it. */
    Optional<Begun> await(GenerationWriter writer, SimulatedModel model, Positions asked) {
        for (int round = 0; round < ROUNDS_OF_WAITING; round++) {
            Manifest manifest = world.manifest();
            Version archived = world.archive().newest();
            if (manifest.end().covers(asked)) {
                Positions covered = world.without(Rule.CUT_WITHIN_ARCHIVE) ? manifest.end() : archived.positions();
                Optional<Task> task = writer.begin(SimulatedModel.NAME, asked, covered);
                if (task.isPresent()) {
                    return Optional.of(new Begun(begun(task.get()), archived));
                }
            } else if (round > ROUNDS_OF_WAITING / 2) {
                bridges.bridge(manifest, model, archived);
            }
            world.pauseWithin(2 * World.PAUSE);
        }
        return Optional.empty();
    }

    private Task begun(Task task) {
        return world.without(Rule.DAYS_DO_NOT_COME_BACK)
                ? new Task(
                        task.model(), task.definition(), task.base(), task.cut(), task.part(), task.birth(), retained)
                : task;
    }
}
