package io.bifocal.simulator;

import io.bifocal.core.cut.GenerationWriter.ViewDay;
import io.bifocal.core.cut.Hole;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.simulator.SimulatedArchive.Version;
import io.bifocal.simulator.SimulatedKafka.Entry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the processes of the platform share: the stores, and the clock. Each process is an actor's body over the production
 * classes, which {@link History} starts. Two things are not production code here, for they are Spark's: how the archive is kept,
 * and how a batch job computes rows from it.
 *
 * @param off rules that are switched off
 */
record World(
        Random random,
        Scheduler scheduler,
        SimulatedCatalog catalog,
        SimulatedClock clock,
        SimulatedKafka kafka,
        SimulatedArchive archive,
        ManifestEditor editor,
        ViewStore views,
        Set<Rule> off) {
    /** Of somebody who found nothing to do, at most, in steps of others. */
    static final int PAUSE = 30;

    /** A process that an outage may end; whoever needs what it did starts another. */
    static Runnable mortal(Runnable body) {
        return () -> {
            try {
                body.run();
            } catch (BifocalException outage) {
                requireOutage(outage);
            }
        };
    }

    static void requireOutage(BifocalException fault) {
        Violation.unless(fault.code() == ErrorCode.UNAVAILABLE, () -> "failed with " + fault);
    }

    boolean without(Rule rule) {
        return off.contains(rule);
    }

    /** Lets somebody who has nothing to do wait, for fewer steps of others than so many. */
    void pauseWithin(int steps) {
        scheduler.pause(random.nextInt(steps));
    }

    int today() {
        return (int) (clock.instant().getEpochSecond() / 8 % SimulatedModel.DAYS);
    }

    /** The one in force, with the candidate beside it. */
    Manifest manifest() {
        return editor.read(SimulatedModel.NAME);
    }

    /** Of a definition's chain; of the one in force where it has none. */
    static Positions end(Manifest manifest, String definition) {
        return manifest.as(definition).orElse(manifest).end();
    }

    /** Some way from here to there, in each partition another. */
    Positions some(Positions from, Positions to) {
        Map<Integer, Long> offsets = new TreeMap<>();
        to.topic(kafka.topicId()).forEach((partition, last) -> {
            long start = from.offset(kafka.topicId(), partition);
            long end = Math.max(start, last);
            offsets.put(
                    partition,
                    switch (random.nextInt(3)) {
                        case 0 -> end;
                        case 1 -> start;
                        default -> start + (end - start) * random.nextInt(101) / 100;
                    });
        });
        return from.max(Positions.of(kafka.topicId(), offsets));
    }

    List<ViewRow> exact(SimulatedModel model, List<Entry> entries) {
        return model.exact(entries, !without(Rule.DUPLICATES_REMOVED));
    }

    List<Hole> lost(Version archived) {
        return without(Rule.HOLES_ARE_NAMED) ? List.of() : archived.lost();
    }

    /** Writes rows of a part, and returns the lines of its index. */
    List<PartDay> written(String part, List<ViewRow> rows) {
        views.write(SimulatedModel.NAME, part, rows);
        return index(part, rows);
    }

    static List<PartDay> index(String part, List<ViewRow> rows) {
        return rows.stream()
                .collect(Collectors.groupingBy(
                        row -> new ViewDay(row.view(), row.day()), LinkedHashMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(day -> new PartDay(day.getKey().view(), day.getKey().day(), part, day.getValue()))
                .toList();
    }
}
