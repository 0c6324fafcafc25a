package io.bifocal.simulator;

import io.bifocal.core.cut.Candidate;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.GenerationWriter.Task;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.simulator.BatchJobs.Begun;
import io.bifocal.simulator.SimulatedArchive.Version;

/** Batch jobs that put an earlier generation back in force, of the same definition or of another. */
final class RollbackJobs {
    private final World world;
    private final Bridges bridges;
    private final BatchJobs jobs;
    private final BackfillJobs backfills;

    RollbackJobs(World world, Bridges bridges, BatchJobs jobs, BackfillJobs backfills) {
        this.world = world;
        this.bridges = bridges;
        this.jobs = jobs;
        this.backfills = backfills;
    }

    /** Puts an earlier generation back in force, bridged from the archive. */
    void rollBack() {
        Manifest manifest = world.manifest();
        if (manifest.kept().isEmpty()) {
            return;
        }
        Generation earlier =
                manifest.kept().get(world.random().nextInt(manifest.kept().size()));
        SimulatedModel model = world.catalog().version(earlier.definition());
        if (earlier.definition().equals(manifest.definition())) {
            GenerationWriter writer = jobs.writer(jobs.owner());
            Positions asked = manifest.generation().cut().max(earlier.cut());
            jobs.await(writer, model, asked).ifPresent(begun -> rollBack(writer, model, earlier, begun));
        } else {
            changeBack(manifest, model, earlier);
        }
    }

    private void rollBack(GenerationWriter writer, SimulatedModel model, Generation earlier, Begun begun) {
        Task task = begun.task();
        try {
            Part bridge = bridges.part(task.part(), task.birth(), model, earlier.cut(), task.cut(), begun.archived());
            world.editor()
                    .apply(
                            SimulatedModel.NAME,
                            (current, now) -> current.rollback(
                                    earlier.number(), task.base().number(), bridge, "rollback", now));
        } catch (Refused changedMeanwhile) {
            // Whoever asked would ask again.
        } finally {
            writer.abandon(task);
        }
    }

    /** As {@code RollbackJob} does where the generation has another definition: it is the candidate, and whole. */
    private void changeBack(Manifest manifest, SimulatedModel model, Generation earlier) {
        String owner = jobs.owner();
        GenerationWriter writer = jobs.writer(owner);
        Generation inForce = manifest.generation();
        Task task = new Task(
                SimulatedModel.NAME,
                manifest.definition(),
                inForce,
                inForce.cut(),
                world.editor().newPart("bridge", manifest),
                manifest.version(),
                earlier.retained());
        try {
            writer.renew(task);
            Version archived = world.archive().newest();
            Part bridge = bridges.part(task.part(), task.birth(), model, earlier.cut(), archived.positions(), archived);
            world.editor()
                    .apply(
                            SimulatedModel.NAME,
                            (current, now) ->
                                    current.propose(Candidate.whole(earlier.definition(), earlier, bridge), now));
            backfills.promote(model, owner);
        } catch (Refused changedMeanwhile) {
            // Whoever asked would ask again.
        } finally {
            writer.abandon(task);
        }
    }
}
