package io.bifocal.simulator;

import io.bifocal.core.cut.Folder;
import io.bifocal.core.cut.GarbageCollector;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.GenerationWriter.Task;
import io.bifocal.core.cut.GenerationWriter.ViewDay;
import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.PartId;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.simulator.EventLog.Entry;
import io.bifocal.simulator.Faults.Dropped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The processes of the platform, each as an actor's body over the production classes; what they share is the stores. */
final class World {
    private static final int BATCHES_PER_PART = 3;
    private static final Duration PIN = Duration.ofSeconds(60);
    private static final int GENERATIONS_KEPT = 3;

    final EventLog log = new EventLog();
    final SimulatedClock clock;
    private final Random random;
    private final Scheduler scheduler;
    private final SimulatedModel model;
    private final ManifestEditor editor;
    private final ViewStore views;
    private final Dropped dropped;
    private final List<Positions> archiveVersions = new ArrayList<>(List.of(Positions.NONE));
    private final boolean duplicates;
    private int runs;
    private int jobs;
    private long events;
    int generations;

    World(
            Random random,
            Scheduler scheduler,
            SimulatedModel model,
            SimulatedClock clock,
            ManifestEditor editor,
            ViewStore views,
            Dropped dropped,
            boolean duplicates) {
        this.random = random;
        this.scheduler = scheduler;
        this.model = model;
        this.clock = clock;
        this.editor = editor;
        this.views = views;
        this.dropped = dropped;
        this.duplicates = duplicates;
        log.addPartition();
        log.addPartition();
    }

    /** Some records arrive: mostly of today, some of any day, some broken, some sent before. */
    void produce() {
        int records = random.nextInt(4);
        for (int i = 0; i < records; i++) {
            int partition = random.nextInt(log.partitions());
            boolean idle = partition == 1 && clock.instant().getEpochSecond() / 60 % 2 == 0;
            partition = idle ? 0 : partition;
            long day = random.nextInt(10) == 0 ? random.nextInt(SimulatedModel.DAYS) : today();
            String id = duplicates && events > 0 && random.nextInt(4) == 0
                    ? "e" + Math.floorMod(random.nextLong(), events)
                    : "e" + events;
            events++;
            long offset = log.nextOffset(partition);
            long arrived = clock.instant().toEpochMilli();
            log.append(
                    random.nextInt(20) == 0
                            ? new Entry(partition, offset, arrived, "{broken", null, null, null, null)
                            : model.entry(partition, offset, arrived, day, random, id, duplicates));
        }
    }

    private long today() {
        return clock.instant().getEpochSecond() / 40 % SimulatedModel.DAYS;
    }

    /** The archiver: each step is a commit of its own. */
    void archive() {
        while (true) {
            scheduler.pause();
            Positions reached = archived();
            Positions next = some(reached, log.end());
            archiveVersions.add(next);
        }
    }

    void archiveAll() {
        archiveVersions.add(log.end());
    }

    /** A speed job that goes on until it has counted everything. */
    void catchUp(Positions end) {
        LiveRun live = LiveRun.join(
                editor, views, SimulatedModel.NAME, SimulatedModel.HASH, "run-" + ++runs, BATCHES_PER_PART);
        if (!live.end().equals(end)) {
            microBatch(live, live.end(), end);
        }
    }

    /** Folds whenever there is something to fold. */
    void fold() {
        Folder folder = new Folder(editor, views, clock, 3);
        while (true) {
            scheduler.pause();
            if (random.nextInt(8) == 0) {
                folder.foldOnce(SimulatedModel.NAME, SimulatedModel.HASH, model.views());
            }
        }
    }

    /** Collects what nobody names. */
    void collect() {
        GarbageCollector collector = new GarbageCollector(editor, views, clock, grace());
        while (true) {
            scheduler.pause();
            if (random.nextInt(30) == 0 && dropped == Dropped.CONDEMNING) {
                dropUnnamed();
            } else if (random.nextInt(30) == 0) {
                collector.collect(SimulatedModel.NAME);
            }
        }
    }

    /** What is named by nobody now may be about to be: without condemning it first, its rows must not go. */
    private void dropUnnamed() {
        Manifest manifest = editor.read(SimulatedModel.NAME);
        Set<String> needed = new HashSet<>(manifest.names());
        manifest.retired().forEach(retired -> needed.add(retired.part()));
        for (String part : List.copyOf(needed)) {
            views.index(SimulatedModel.NAME, part)
                    .toCompletableFuture()
                    .join()
                    .forEach(day -> needed.add(day.source()));
        }
        views.parts(SimulatedModel.NAME).stream()
                .filter(part -> !needed.contains(part))
                .forEach(part -> views.drop(SimulatedModel.NAME, part));
    }

    /** Without its rule, rows go at once: a reader of a moment ago finds them missing. */
    private Duration grace() {
        return dropped == Dropped.GRACE ? Duration.ZERO : History.GRACE;
    }

    private Positions archived() {
        return archiveVersions.get(archiveVersions.size() - 1);
    }

    /** A start of the speed job. */
    void speed() {
        if (dropped == Dropped.NEW_RUN && runs > 0) {
            goOnInTheLastPart();
            return;
        }
        LiveRun live = LiveRun.join(
                editor, views, SimulatedModel.NAME, SimulatedModel.HASH, "run-" + ++runs, BATCHES_PER_PART);
        try {
            while (true) {
                scheduler.pause();
                Positions from = live.end();
                Positions to = some(from, log.end());
                if (!to.equals(from)) {
                    microBatch(live, from, to);
                }
            }
        } catch (Refused fencedOrOutOfOrder) {
            // Another run has the chain's end: this process is over, as the real one is.
        }
    }

    /** A start that takes itself for the run before: two processes then write under the same part and number. */
    private void goOnInTheLastPart() {
        while (true) {
            Manifest manifest = editor.read(SimulatedModel.NAME);
            Part last = manifest.chain().isEmpty()
                    ? null
                    : manifest.chain().get(manifest.chain().size() - 1);
            Positions from = manifest.end();
            Positions to = some(from, log.end());
            if (last == null || last.kind() != Part.Kind.LIVE || last.sealed() || to.equals(from)) {
                continue;
            }
            List<Entry> entries = log.between(from, to).toList();
            write(new LiveRun.Slot(last.id(), last.batches() + 1), entries);
            try {
                editor.apply(
                        manifest,
                        (current, now) -> current.commit(
                                last.run(),
                                last.id(),
                                last.batches() + 1,
                                from,
                                to,
                                entries.size(),
                                arrival(entries),
                                now));
            } catch (Refused somebodyElseWentOn) {
                // It reads the chain's end again.
            }
        }
    }

    private void microBatch(LiveRun live, Positions from, Positions to) {
        List<Entry> entries = log.between(from, to).toList();
        boolean early = dropped == Dropped.ROWS_BEFORE_COMMIT;
        LiveRun.Slot slot;
        do {
            slot = live.next();
            if (!early) {
                write(slot, entries);
            }
        } while (!live.commit(from, to, entries.size(), arrival(entries)));
        if (early) {
            write(slot, entries);
        }
    }

    /** One task for each Kafka partition, as Spark has it. */
    private void write(LiveRun.Slot slot, List<Entry> entries) {
        Map<Integer, List<Entry>> tasks =
                entries.stream().collect(Collectors.groupingBy(Entry::partition, TreeMap::new, Collectors.toList()));
        List<ViewRow> rows = new ArrayList<>();
        tasks.forEach((task, records) -> rows.addAll(model.live(records, slot.batch(), task)));
        views.write(SimulatedModel.NAME, slot.part(), rows);
        views.writeIndex(SimulatedModel.NAME, slot.part(), index(slot.part(), rows));
    }

    /** A batch job: a new generation, if it gets that far. */
    void recompute(boolean full) {
        GenerationWriter writer = new GenerationWriter(editor, views, "job-" + ++jobs, PIN, GENERATIONS_KEPT);
        int version = archiveVersions.size() - 1;
        Positions archived = archiveVersions.get(version);
        Optional<Task> begun = writer.begin(SimulatedModel.NAME, Positions.NONE, archived);
        if (begun.isEmpty()) {
            return;
        }
        Task task = begun.get();
        List<Entry> covered = log.before(task.cut()).toList();
        Set<ViewDay> touched =
                full ? model.days(covered) : model.days(since(task.base().cut(), task.cut()));
        List<ViewRow> rows = model.exact(covered).stream()
                .filter(row -> touched.contains(new ViewDay(row.view(), row.day())))
                .toList();
        views.write(SimulatedModel.NAME, task.part(), rows);
        try {
            writer.publish(task, touched, index(task.part(), rows), version, covered.size(), arrival(covered));
            generations++;
        } catch (Refused overtaken) {
            // Another job published first; this one's rows are nobody's.
        }
    }

    private List<Entry> since(Positions from, Positions to) {
        return dropped == Dropped.TOUCHED_DAYS
                ? log.between(from, to)
                        .filter(entry -> entry.malformed() || entry.day() == today())
                        .toList()
                : log.between(from, to).toList();
    }

    /** Puts an earlier generation back in force, bridged from the archive. */
    void rollBack() {
        Manifest manifest = editor.read(SimulatedModel.NAME);
        if (manifest.kept().isEmpty()) {
            return;
        }
        Generation earlier = manifest.kept().get(random.nextInt(manifest.kept().size()));
        Positions to = manifest.boundaryWithin(archived());
        if (!to.covers(earlier.cut()) || !to.covers(manifest.generation().cut())) {
            return;
        }
        Part bridge = archivePart(manifest, earlier.cut(), to);
        try {
            editor.apply(
                    SimulatedModel.NAME,
                    (current, now) -> current.rollback(
                            earlier.number(), manifest.generation().number(), bridge, "rollback", now));
        } catch (Refused changedMeanwhile) {
            // The chain moved on; whoever asked would ask again.
        }
    }

    /** The archive stands in for a speed job that is dead or behind. */
    void bridge() {
        Manifest manifest = editor.read(SimulatedModel.NAME);
        Positions to = archived().max(manifest.end());
        if (!archived().covers(manifest.end()) || to.equals(manifest.end())) {
            return;
        }
        Part part = archivePart(manifest, manifest.end(), to);
        try {
            editor.apply(SimulatedModel.NAME, (current, now) -> current.bridge(part, SimulatedModel.HASH, now));
        } catch (Refused speedIsAlive) {
            // It went on by itself.
        }
    }

    private Part archivePart(Manifest manifest, Positions from, Positions to) {
        String id = PartId.next("archive", manifest.version());
        views.register(SimulatedModel.NAME, id);
        List<Entry> entries = log.between(from, to).toList();
        List<ViewRow> rows = model.exact(entries);
        views.write(SimulatedModel.NAME, id, rows);
        views.writeIndex(SimulatedModel.NAME, id, index(id, rows));
        return Part.archive(id, from, to, manifest.version(), entries.size(), arrival(entries));
    }

    private Positions some(Positions from, Positions to) {
        Map<Integer, Long> offsets = new TreeMap<>();
        for (int partition = 0; partition < log.partitions(); partition++) {
            long start = from.offset(EventLog.TOPIC, partition);
            long end = Math.max(start, to.offset(EventLog.TOPIC, partition));
            offsets.put(partition, random.nextInt(3) == 0 ? end : start + (end - start) * random.nextInt(101) / 100);
        }
        return Positions.of(EventLog.TOPIC, offsets);
    }

    private static Instant arrival(Collection<Entry> entries) {
        return entries.stream()
                .map(entry -> Instant.ofEpochMilli(entry.brokerMillis()))
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
    }

    private static List<PartDay> index(String part, List<ViewRow> rows) {
        return new ArrayList<>(rows.stream()
                .collect(Collectors.groupingBy(
                        row -> new ViewDay(row.view(), row.day()), java.util.LinkedHashMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(day -> new PartDay(day.getKey().view(), day.getKey().day(), part, day.getValue()))
                .toList());
    }

    Set<String> ids(Positions end) {
        return log.before(end)
                .filter(entry -> !entry.malformed())
                .map(Entry::id)
                .collect(Collectors.toCollection(HashSet::new));
    }
}
