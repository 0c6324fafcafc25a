package io.bifocal.simulator;

import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.view.ViewRow;
import io.bifocal.simulator.SimulatedKafka.DataLoss;
import io.bifocal.simulator.SimulatedKafka.Entry;
import io.bifocal.spark.KafkaTopic;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts what arrives, in micro-batches: each chain has runs of its own. */
final class SpeedJob {
    private static final int BATCHES_PER_PART = 3;

    private final World world;
    private final Scheduler scheduler;
    private final SimulatedCatalog catalog;
    private final SimulatedKafka kafka;
    private final ManifestEditor editor;
    private int processes;
    private int runs;

    SpeedJob(World world) {
        this.world = world;
        this.scheduler = world.scheduler();
        this.catalog = world.catalog();
        this.kafka = world.kafka();
        this.editor = world.editor();
    }

    /** A process of the speed job, as {@code ModelLoops}: a loop for each chain, until another process begins. */
    void process() {
        int process = ++processes;
        if (world.without(Rule.NEW_RUN) && runs > 0) {
            goOnInTheLastPart();
        }
        Set<String> running = new HashSet<>();
        while (process == processes) {
            World.mortal(() ->
                            chains().stream().filter(running::add).forEach(definition -> follow(definition, running)))
                    .run();
            world.pauseWithin(2 * World.PAUSE);
        }
    }

    /** Counts all that Kafka has, one chain after the other, with nobody else about. */
    void catchUp() {
        world.manifest().definitions().forEach(definition -> World.mortal(
                        () -> run(definition, Optional.of(kafka.end())))
                .run());
    }

    /** The definitions that there are chains of. Where nothing is counted yet, the one that is wanted is in force at once. */
    private List<String> chains() {
        Manifest manifest = world.manifest();
        try {
            return manifest.end().equals(Positions.NONE)
                    ? editor.apply(
                                    manifest,
                                    (current, now) ->
                                            current.redefined(catalog.wanted().hash(), now))
                            .definitions()
                    : manifest.definitions();
        } catch (Refused countedMeanwhile) {
            return List.of();
        }
    }

    private void follow(String definition, Set<String> running) {
        scheduler.spawnService("loop", () -> {
            try {
                loop(definition);
            } finally {
                running.remove(definition);
            }
        });
    }

    /** As {@code ModelLoop}: a run, and after its end another, until somebody else's run fences it or the chain is no more. */
    private void loop(String definition) {
        while (true) {
            try {
                run(definition, Optional.empty());
            } catch (DataLoss endsTheQuery) {
                scheduler.pause();
            } catch (BifocalException outage) {
                World.requireOutage(outage);
            } catch (Refused refused) {
                if (refused.reason() == Refused.Reason.FENCED || refused.reason() == Refused.Reason.OTHER_DEFINITION) {
                    return;
                }
            }
        }
    }

    private void run(String definition, Optional<Positions> until) {
        SimulatedModel model = catalog.version(definition);
        KafkaTopic topic = kafka.topic();
        Manifest manifest = world.manifest();
        String joined = world.without(Rule.ONE_DEFINITION) ? manifest.definition() : definition;
        if (!bridged(manifest, joined, topic)) {
            world.pauseWithin(World.PAUSE);
            return;
        }
        LiveRun live =
                LiveRun.join(editor, world.views(), SimulatedModel.NAME, joined, "run-" + ++runs, BATCHES_PER_PART);
        while (until.map(end -> !live.end().covers(end)).orElse(true)) {
            world.pauseWithin(World.PAUSE);
            Positions from = live.end();
            Positions to = until.map(from::max).orElseGet(() -> world.some(from, kafka.end()));
            if (!to.equals(from)) {
                List<Entry> entries = kafka.read(topic.id(), from, to);
                if (world.without(Rule.POSITIONS_DECIDE)) {
                    entries = entries.stream()
                            .filter(entry -> model.happened(entry)
                                    .map(day -> day >= world.today())
                                    .orElse(true))
                            .toList();
                }
                microBatch(live, model, topic.id(), to, entries);
            }
        }
    }

    /** As {@code LostRecords}: whether Kafka holds what follows the chain's end, or nobody does and that is said. */
    private boolean bridged(Manifest manifest, String definition, KafkaTopic topic) {
        Positions end = World.end(manifest, definition);
        Positions archived = world.archive().newest().positions();
        Positions held = topic.overMissing(end, archived);
        scheduler.pause();
        if (held.equals(end)) {
            return true;
        }
        if (!topic.bridgeable(end, archived).equals(end)) {
            return false;
        }
        editor.apply(
                manifest,
                (current, now) -> current.under(
                        definition,
                        mine -> mine.bridge(
                                world.without(Rule.HOLES_ARE_NAMED)
                                        ? Bridges.nothing(editor.newPart("hole", mine), end, held, mine.version())
                                        : Part.hole(editor.newPart("hole", mine), end, held, mine.version()),
                                definition,
                                now)));
        return true;
    }

    private void microBatch(LiveRun live, SimulatedModel model, String topicId, Positions to, List<Entry> entries) {
        Positions from = live.end();
        boolean late = world.without(Rule.ROWS_FIRST);
        LiveRun.Slot slot;
        do {
            slot = live.next();
            if (!late) {
                write(slot, model, entries);
            }
            kafka.requireSame(topicId);
        } while (!live.commit(from, to, entries.size(), SimulatedKafka.lastArrival(entries)));
        if (late) {
            write(slot, model, entries);
        }
    }

    /** One task for each Kafka partition, as Spark has it. */
    private void write(LiveRun.Slot slot, SimulatedModel model, List<Entry> entries) {
        Map<Integer, List<Entry>> tasks =
                entries.stream().collect(Collectors.groupingBy(Entry::partition, TreeMap::new, Collectors.toList()));
        List<ViewRow> rows = new ArrayList<>();
        tasks.forEach((task, records) -> rows.addAll(
                model.live(conserved(records, model), slot.batch(), world.without(Rule.WRITER_IN_KEY) ? 0 : task)));
        world.views().writeIndex(SimulatedModel.NAME, slot.part(), world.written(slot.part(), rows));
    }

    private List<Entry> conserved(List<Entry> records, SimulatedModel model) {
        return world.without(Rule.CONSERVATION)
                ? records.stream()
                        .filter(entry -> model.happened(entry).isPresent())
                        .toList()
                : records;
    }

    /** A start that takes itself for the run before: two processes then write under the same part and number. */
    private void goOnInTheLastPart() {
        while (true) {
            Manifest manifest = world.manifest();
            Part last = manifest.chain().isEmpty()
                    ? null
                    : manifest.chain().get(manifest.chain().size() - 1);
            Positions from = manifest.end();
            Positions to = world.some(from, kafka.end());
            if (last == null || last.kind() != Part.Kind.LIVE || last.sealed() || to.equals(from)) {
                continue;
            }
            List<Entry> entries = kafka.read(kafka.topicId(), from, to);
            int batch = last.batches() + 1;
            write(new LiveRun.Slot(last.id(), batch), catalog.version(manifest.definition()), entries);
            try {
                editor.apply(
                        manifest,
                        (current, now) -> current.commit(
                                last.run(),
                                last.id(),
                                batch,
                                from,
                                to,
                                entries.size(),
                                SimulatedKafka.lastArrival(entries),
                                now));
            } catch (Refused somebodyElseWentOn) {
                // It reads the chain's end again.
            }
        }
    }
}
