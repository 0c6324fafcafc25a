package io.bifocal.simulator;

import io.bifocal.core.cut.Candidate;
import io.bifocal.core.cut.Candidate.DayRange;
import io.bifocal.core.cut.CandidateWriter;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.simulator.SimulatedArchive.Version;
import io.bifocal.simulator.SimulatedKafka.Entry;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Batch jobs that compute the history of another version of the model beside the one in force, and promote it. */
final class BackfillJobs {
    private final World world;
    private final Random random;
    private final SimulatedCatalog catalog;
    private final ManifestEditor editor;
    private final Bridges bridges;
    private final BatchJobs jobs;
    private int promotions;

    BackfillJobs(World world, Bridges bridges, BatchJobs jobs) {
        this.world = world;
        this.random = world.random();
        this.catalog = world.catalog();
        this.editor = world.editor();
        this.bridges = bridges;
        this.jobs = jobs;
    }

    /** How often another definition came to be in force. */
    int promotions() {
        return promotions;
    }

    /**
     * Some version of the model is wanted, mostly the one whose history somebody began to compute: it goes on, or is given up
     * for another, or for the one in force.
     */
    void changeDefinition() {
        Manifest manifest = world.manifest();
        SimulatedModel next = manifest.candidate()
                .filter(begun -> random.nextInt(8) > 0)
                .map(begun -> catalog.version(begun.definition()))
                .orElseGet(() -> catalog.any(random));
        catalog.want(next);
        if (next.hash().equals(manifest.definition())) {
            editor.apply(SimulatedModel.NAME, Manifest::withdraw);
        } else {
            change(next, random.nextInt(4) > 0);
        }
    }

    /** Goes on with the candidate, if there is one, until it is in force. */
    void finishChange() {
        world.manifest().candidate().ifPresent(candidate -> change(catalog.version(candidate.definition()), true));
    }

    private void change(SimulatedModel next, boolean promoted) {
        try {
            backfill(next);
            if (promoted) {
                promote(next, jobs.owner());
            }
        } catch (Refused givenUp) {
            // Somebody wants another version.
        }
    }

    /** As {@code BackfillJob}: computes the days of a version that nobody has computed yet, some at a time. */
    private void backfill(SimulatedModel next) {
        CandidateWriter writer = new CandidateWriter(editor, world.views(), SimulatedModel.NAME, next.hash());
        Candidate candidate = begun(writer);
        String part = candidate.generation().part();
        List<ViewRow> rows = world.exact(
                next,
                world.archive()
                        .newest()
                        .between(Positions.NONE, candidate.generation().cut()));
        TreeMap<Integer, List<ViewRow>> days = rows.stream()
                .filter(row -> !row.view().equals(View.LEDGER))
                .collect(Collectors.groupingBy(ViewRow::day, TreeMap::new, Collectors.toList()));
        while (!days.isEmpty() && !world.without(Rule.WHOLE_HISTORY)) {
            DayRange chunk = new DayRange(days.firstKey(), days.firstKey() + 1 + random.nextInt(3));
            SortedMap<Integer, List<ViewRow>> chosen = days.headMap(chunk.to());
            if (!chosen.keySet().stream().allMatch(candidate::covers)) {
                candidate = writer.covered(
                        candidate,
                        chunk,
                        world.written(
                                part,
                                chosen.values().stream().flatMap(List::stream).toList()));
            }
            chosen.clear();
        }
        if (!candidate.complete()) {
            writer.complete(
                    candidate,
                    world.written(
                            part,
                            rows.stream()
                                    .filter(row -> row.view().equals(View.LEDGER))
                                    .toList()));
        }
    }

    private Candidate begun(CandidateWriter writer) {
        return writer.current().orElseGet(() -> {
            Version archived = world.archive().newest();
            List<Entry> covered = archived.between(Positions.NONE, archived.positions());
            return writer.begin(
                    archived.positions(),
                    archived.number(),
                    covered.size(),
                    SimulatedKafka.lastArrival(covered),
                    world.lost(archived),
                    jobs.retained());
        });
    }

    /** Puts a version in force once its chain has caught up; where that stands still, the archive stands in for the speed job. */
    void promote(SimulatedModel next, String owner) {
        for (int round = 0; round < BatchJobs.ROUNDS_OF_WAITING; round++) {
            if (world.without(Rule.CANDIDATE_CATCHES_UP)) {
                skip(next);
            }
            if (CandidateWriter.promote(editor, SimulatedModel.NAME, next.hash(), owner, jobs.generationsKept())
                    .isPresent()) {
                promotions++;
                return;
            }
            if (round > BatchJobs.ROUNDS_OF_WAITING / 2) {
                bridges.bridge(world.manifest(), next, world.archive().newest());
            }
            world.pauseWithin(2 * World.PAUSE);
        }
    }

    /** Lets a candidate claim what its chain does not count. */
    private void skip(SimulatedModel next) {
        editor.apply(
                SimulatedModel.NAME,
                (current, now) -> current.under(next.hash(), mine -> {
                    Positions to = mine.end().max(current.end());
                    return to.equals(mine.end())
                            ? mine
                            : mine.bridge(
                                    Bridges.nothing(editor.newPart("skip", mine), mine.end(), to, mine.version()),
                                    next.hash(),
                                    now);
                }));
    }
}
