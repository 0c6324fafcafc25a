package io.bifocal.simulator;

import io.bifocal.core.cut.Candidate;
import io.bifocal.core.cut.Candidate.DayRange;
import io.bifocal.core.cut.CandidateWriter;
import io.bifocal.core.cut.Folder;
import io.bifocal.core.cut.GarbageCollector;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.GenerationWriter.Task;
import io.bifocal.core.cut.GenerationWriter.ViewDay;
import io.bifocal.core.cut.Hole;
import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.simulator.SimulatedArchive.Version;
import io.bifocal.simulator.SimulatedKafka.DataLoss;
import io.bifocal.simulator.SimulatedKafka.Entry;
import io.bifocal.spark.KafkaTopic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The processes of the platform, each as an actor's body over the production classes; what they share is the stores. Two things
 * are not production code here, for they are Spark's: how the archive is kept, and how a batch job computes rows from it.
 */
final class World {
    static final Duration PIN_LEASE = Duration.ofSeconds(3);
    private static final int BATCHES_PER_PART = 3;
    private static final int MOST_GENERATIONS_KEPT = 2;
    private static final int FANOUT = 3;
    /** Of somebody who found nothing to do, at most, in steps of others. */
    private static final int PAUSE = 30;

    private static final int ROUNDS_OF_WAITING = 10;
    /** Of broker time in a second of the simulator: so that a history has more than one day of arrivals. */
    private static final long TIME_LAPSE = 3_000;

    private final Random random;
    private final Scheduler scheduler;
    private final SimulatedCatalog catalog;
    private final SimulatedClock clock;
    private final SimulatedKafka kafka;
    private final SimulatedArchive archive = new SimulatedArchive();
    private final ManifestEditor editor;
    private final ViewStore views;
    private final Set<Rule> off;
    private final List<SimulatedModel.Content> contents = new ArrayList<>();
    private final int generationsKept;
    private int processes;
    private int runs;
    private int jobs;
    private int generations;
    private int promotions;

    World(
            Random random,
            Scheduler scheduler,
            SimulatedCatalog catalog,
            SimulatedClock clock,
            SimulatedKafka kafka,
            ManifestEditor editor,
            ViewStore views,
            Set<Rule> off) {
        this.random = random;
        this.scheduler = scheduler;
        this.catalog = catalog;
        this.clock = clock;
        this.kafka = kafka;
        this.editor = editor;
        this.views = views;
        this.off = off;
        this.generationsKept = random.nextInt(MOST_GENERATIONS_KEPT + 1);
    }

    /** How many were published. */
    int generations() {
        return generations;
    }

    /** How often another definition came to be in force. */
    int promotions() {
        return promotions;
    }

    /** Some records arrive: mostly of today, some of any day, some broken, some sent before. A partition may be idle. */
    void produce() {
        long brokerMillis = clock.instant().toEpochMilli() * TIME_LAPSE;
        int records = random.nextInt(4);
        for (int i = 0; i < records; i++) {
            int partition = random.nextInt(kafka.partitions());
            boolean idle = partition > 0 && clock.instant().getEpochSecond() / 10 % 3 == partition;
            partition = idle ? 0 : partition;
            long offset = kafka.nextOffset(partition);
            kafka.append(
                    random.nextInt(20) == 0
                            ? catalog.malformed(kafka.topicId(), partition, offset, brokerMillis, random)
                            : catalog.entry(kafka.topicId(), partition, offset, brokerMillis, content()));
        }
    }

    /** Of something new, or sent once more: as it was, or corrected, or with only the id of an earlier one. */
    private SimulatedModel.Content content() {
        int day = random.nextInt(10) == 0 ? random.nextInt(SimulatedModel.DAYS) : today();
        String id = "e" + contents.size();
        SimulatedModel.Content content = SimulatedModel.content(random, day, id);
        if (!contents.isEmpty() && random.nextInt(4) == 0) {
            SimulatedModel.Content earlier = contents.get(random.nextInt(contents.size()));
            content = new SimulatedModel.Content(
                    random.nextInt(4) == 0 ? content.at() : earlier.at(),
                    random.nextBoolean() ? content.city() : earlier.city(),
                    earlier.paid(),
                    earlier.value(),
                    earlier.id(),
                    earlier.weighed());
        }
        contents.add(content);
        return content;
    }

    private int today() {
        return (int) (clock.instant().getEpochSecond() / 8 % SimulatedModel.DAYS);
    }

    /** Kafka's retention: of one partition, up to where it is archived, or further. */
    void retain() {
        int partition = random.nextInt(kafka.partitions());
        long archived = archive.newest().positions().offset(kafka.topicId(), partition);
        long end = kafka.nextOffset(partition);
        kafka.retain(
                partition,
                random.nextInt(3) > 0
                        ? Math.min(archived, end)
                        : archived + random.nextInt((int) (end - archived) + 1));
    }

    /** What is archived, by the last archiver and those before it. */
    List<Hole> lost() {
        return archive.newest().lost();
    }

    /** The archiver: one start after the other. */
    void archive() {
        while (true) {
            try {
                noteWhatIsGone();
                append();
            } catch (DataLoss endsTheQuery) {
                scheduler.pause();
            }
        }
    }

    /** As {@code ModelArchiver} does at its start; and counts from the archive what Kafka does not hold any more ({@code Gaps}). */
    private void noteWhatIsGone() {
        Version known = archive.newest();
        KafkaTopic topic = kafka.topic();
        Positions counted = editor.read(SimulatedModel.NAME).frontier();
        Positions reachable = topic.overDeleted(known.positions()).max(counted.without(topic.id()));
        if (off.contains(Rule.HOLES_ARE_NAMED)) {
            archive.append(known, reachable, List.of());
        } else if (!reachable.equals(known.positions())) {
            archive.lose(known, reachable);
        }
        scheduler.pause();
        mortal(this::bridgeGaps).run();
    }

    private void bridgeGaps() {
        Manifest manifest = editor.read(SimulatedModel.NAME);
        Version archived = archive.newest();
        for (String definition : manifest.definitions()) {
            Positions end = end(manifest, definition);
            Positions to = kafka.topic().bridgeable(end, archived.positions());
            if (!to.equals(end)) {
                bridge(manifest, catalog.version(definition), to, archived);
            }
        }
    }

    /** Of a definition's chain; of the one in force where it has none. */
    private static Positions end(Manifest manifest, String definition) {
        return manifest.as(definition).orElse(manifest).end();
    }

    /** Appends what Kafka has to the archive, over and over; ends where another archiver did. */
    private void append() {
        String topicId = kafka.topicId();
        while (true) {
            scheduler.pause(random.nextInt(PAUSE));
            Version known = archive.newest();
            Positions to = some(known.positions(), kafka.end());
            if (to.equals(known.positions())) {
                continue;
            }
            List<Entry> records = kafka.read(topicId, known.positions(), to);
            scheduler.pause();
            requireSame(topicId);
            if (!archive.append(known, to, records)) {
                return;
            }
            if (random.nextInt(4) == 0) {
                mortal(this::bridgeGaps).run();
            }
        }
    }

    /** As {@code KafkaTopic.sameness}. */
    private void requireSame(String topicId) {
        if (!topicId.equals(kafka.topicId())) {
            throw new DataLoss("topic " + topicId + " is gone");
        }
    }

    /** One archiver and one speed job, until all is archived and counted that Kafka has. */
    void catchUp() {
        boolean behind = true;
        while (behind) {
            noteWhatIsGone();
            Version known = archive.newest();
            Positions all = known.positions().max(kafka.end());
            archive.append(known, all, kafka.read(kafka.topicId(), known.positions(), all));
            editor.read(SimulatedModel.NAME).definitions().forEach(definition -> mortal(
                            () -> speedRun(definition, Optional.of(kafka.end())))
                    .run());
            Positions counted = editor.read(SimulatedModel.NAME).end();
            behind = !counted.covers(kafka.end())
                    || !archive.newest().positions().equals(counted);
        }
    }

    /** A process of the speed job, as {@code ModelLoops}: a loop for each chain, until another process begins. */
    void speed() {
        int process = ++processes;
        if (off.contains(Rule.NEW_RUN) && runs > 0) {
            goOnInTheLastPart();
        }
        Set<String> running = new HashSet<>();
        while (process == processes) {
            mortal(() -> chains().stream().filter(running::add).forEach(definition -> follow(definition, running)))
                    .run();
            scheduler.pause(random.nextInt(2 * PAUSE));
        }
    }

    /** The definitions that there are chains of. Where nothing is counted yet, the one that is wanted is in force at once. */
    private List<String> chains() {
        Manifest manifest = editor.read(SimulatedModel.NAME);
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
                speedRun(definition, Optional.empty());
            } catch (DataLoss endsTheQuery) {
                scheduler.pause();
            } catch (BifocalException outage) {
                requireOutage(outage);
            } catch (Refused refused) {
                if (refused.reason() == Refused.Reason.FENCED || refused.reason() == Refused.Reason.OTHER_DEFINITION) {
                    return;
                }
            }
        }
    }

    private static void requireOutage(BifocalException fault) {
        Violation.unless(fault.code() == ErrorCode.UNAVAILABLE, () -> "failed with " + fault);
    }

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

    private void speedRun(String definition, Optional<Positions> until) {
        SimulatedModel model = catalog.version(definition);
        KafkaTopic topic = kafka.topic();
        Manifest manifest = editor.read(SimulatedModel.NAME);
        String joined = off.contains(Rule.ONE_DEFINITION) ? manifest.definition() : definition;
        if (!bridged(manifest, joined, topic)) {
            scheduler.pause(random.nextInt(PAUSE));
            return;
        }
        LiveRun live = LiveRun.join(editor, views, SimulatedModel.NAME, joined, "run-" + ++runs, BATCHES_PER_PART);
        while (until.map(end -> !live.end().covers(end)).orElse(true)) {
            scheduler.pause(random.nextInt(PAUSE));
            Positions from = live.end();
            Positions to = until.map(from::max).orElseGet(() -> some(from, kafka.end()));
            if (!to.equals(from)) {
                List<Entry> entries = kafka.read(topic.id(), from, to);
                if (off.contains(Rule.POSITIONS_DECIDE)) {
                    entries = entries.stream()
                            .filter(entry -> happened(entry, model)
                                    .map(day -> day >= today())
                                    .orElse(true))
                            .toList();
                }
                microBatch(live, model, topic.id(), to, entries);
            }
        }
    }

    /** The day of an event. */
    private static Optional<Integer> happened(Entry entry, SimulatedModel model) {
        return entry.under(model.hash()).event().map(SimulatedModel::day);
    }

    /** As {@code LostRecords}: whether Kafka holds what follows the chain's end, or nobody does and that is said. */
    private boolean bridged(Manifest manifest, String definition, KafkaTopic topic) {
        Positions end = end(manifest, definition);
        Positions archived = archive.newest().positions();
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
                                off.contains(Rule.HOLES_ARE_NAMED)
                                        ? nothing(editor.newPart("hole", mine), end, held, mine.version())
                                        : Part.hole(editor.newPart("hole", mine), end, held, mine.version()),
                                definition,
                                now)));
        return true;
    }

    private void microBatch(LiveRun live, SimulatedModel model, String topicId, Positions to, List<Entry> entries) {
        Positions from = live.end();
        boolean late = off.contains(Rule.ROWS_FIRST);
        LiveRun.Slot slot;
        do {
            slot = live.next();
            if (!late) {
                write(slot, model, entries);
            }
            requireSame(topicId);
        } while (!live.commit(from, to, entries.size(), arrival(entries)));
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
                model.live(conserved(records, model), slot.batch(), off.contains(Rule.WRITER_IN_KEY) ? 0 : task)));
        views.writeIndex(SimulatedModel.NAME, slot.part(), written(slot.part(), rows));
    }

    private List<Entry> conserved(List<Entry> records, SimulatedModel model) {
        return off.contains(Rule.CONSERVATION)
                ? records.stream()
                        .filter(entry -> happened(entry, model).isPresent())
                        .toList()
                : records;
    }

    /** A start that takes itself for the run before: two processes then write under the same part and number. */
    private void goOnInTheLastPart() {
        while (true) {
            Manifest manifest = editor.read(SimulatedModel.NAME);
            Part last = manifest.chain().isEmpty()
                    ? null
                    : manifest.chain().get(manifest.chain().size() - 1);
            Positions from = manifest.end();
            Positions to = some(from, kafka.end());
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
                                last.run(), last.id(), batch, from, to, entries.size(), arrival(entries), now));
            } catch (Refused somebodyElseWentOn) {
                // It reads the chain's end again.
            }
        }
    }

    /** Folds whenever there is something to fold. */
    void fold() {
        Folder folder = new Folder(editor, views, clock, FANOUT);
        while (true) {
            scheduler.pause(random.nextInt(PAUSE));
            mortal(() -> editor.read(SimulatedModel.NAME)
                            .definitions()
                            .forEach(definition -> folder.foldOnce(
                                    SimulatedModel.NAME,
                                    definition,
                                    catalog.version(definition).views())))
                    .run();
        }
    }

    /** Collects what nobody names. */
    void collect() {
        GarbageCollector collector = collector();
        while (true) {
            scheduler.pause(random.nextInt(2 * PAUSE));
            if (off.contains(Rule.CONDEMNING)) {
                dropUnnamed();
            }
            mortal(() -> collector.collect(SimulatedModel.NAME)).run();
        }
    }

    /** Collects all that can be, a grace later. */
    void collectTheRest() {
        GarbageCollector collector = collector();
        collector.collect(SimulatedModel.NAME);
        clock.advance(History.GRACE);
        collector.collect(SimulatedModel.NAME);
    }

    private GarbageCollector collector() {
        return new GarbageCollector(editor, views, clock, off.contains(Rule.GRACE) ? Duration.ZERO : History.GRACE);
    }

    /** What is named by nobody now may be about to be. */
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

    /** A batch job that covers what Kafka had acknowledged when it was asked; it may give up waiting for that. */
    void recompute(boolean full) {
        SimulatedModel model = catalog.version(editor.read(SimulatedModel.NAME).definition());
        GenerationWriter writer = writer(owner());
        Positions asked = random.nextBoolean() ? kafka.end() : Positions.NONE;
        await(writer, model, asked).ifPresent(begun -> {
            if (begun.task().definition().equals(model.hash())) {
                publish(writer, model, begun, full);
            } else {
                writer.abandon(begun.task());
            }
        });
    }

    private String owner() {
        return "job-" + ++jobs;
    }

    private GenerationWriter writer(String owner) {
        return new GenerationWriter(editor, views, owner, PIN_LEASE, generationsKept);
    }

    private record Begun(Task task, Version archived) {}

    /** Waits for the speed job, the archive, and a boundary between the two; where the speed job is behind, stands in for it. */
    private Optional<Begun> await(GenerationWriter writer, SimulatedModel model, Positions asked) {
        for (int round = 0; round < ROUNDS_OF_WAITING; round++) {
            Manifest manifest = editor.read(SimulatedModel.NAME);
            Version archived = archive.newest();
            if (manifest.end().covers(asked)) {
                Positions covered = off.contains(Rule.CUT_WITHIN_ARCHIVE) ? manifest.end() : archived.positions();
                Optional<Task> task = writer.begin(SimulatedModel.NAME, asked, covered);
                if (task.isPresent()) {
                    return Optional.of(new Begun(task.get(), archived));
                }
            } else if (round > ROUNDS_OF_WAITING / 2) {
                bridge(manifest, model, archived);
            }
            scheduler.pause(random.nextInt(2 * PAUSE));
        }
        return Optional.empty();
    }

    private void publish(GenerationWriter writer, SimulatedModel model, Begun begun, boolean full) {
        Task task = begun.task();
        List<Entry> covered = begun.archived().between(Positions.NONE, task.cut());
        Set<ViewDay> touched = touched(model, begun, full);
        List<ViewRow> rows = exact(model, covered).stream()
                .filter(row -> touched.contains(new ViewDay(row.view(), row.day())))
                .toList();
        for (ViewRow row : rows) {
            views.write(SimulatedModel.NAME, task.part(), List.of(row));
            if (random.nextInt(16) == 0) {
                renew(writer, task);
            }
        }
        try {
            writer.publish(
                    task,
                    touched,
                    index(task.part(), rows),
                    begun.archived().number(),
                    covered.size(),
                    arrival(covered),
                    lost(begun.archived()));
            generations++;
        } catch (Refused overtaken) {
            writer.abandon(task);
        }
    }

    private Set<ViewDay> touched(SimulatedModel model, Begun begun, boolean full) {
        Generation base = begun.task().base();
        List<Entry> added = begun.archived()
                .between(full ? Positions.NONE : base.cut(), begun.task().cut());
        if (off.contains(Rule.TOUCHED_DAYS) && !full) {
            added = added.stream()
                    .filter(entry ->
                            happened(entry, model).map(day -> day == today()).orElse(true))
                    .toList();
        }
        return model.days(added);
    }

    private static void renew(GenerationWriter writer, Task task) {
        try {
            writer.renew(task);
        } catch (Refused tooLate) {
            // The lease had ended and the boundary is gone: publishing will say so.
        }
    }

    /** Puts an earlier generation back in force, bridged from the archive. */
    void rollBack() {
        Manifest manifest = editor.read(SimulatedModel.NAME);
        if (manifest.kept().isEmpty()) {
            return;
        }
        Generation earlier = manifest.kept().get(random.nextInt(manifest.kept().size()));
        SimulatedModel model = catalog.version(earlier.definition());
        if (earlier.definition().equals(manifest.definition())) {
            GenerationWriter writer = writer(owner());
            Positions asked = manifest.generation().cut().max(earlier.cut());
            await(writer, model, asked).ifPresent(begun -> rollBack(writer, model, earlier, begun));
        } else {
            changeBack(manifest, model, earlier);
        }
    }

    private void rollBack(GenerationWriter writer, SimulatedModel model, Generation earlier, Begun begun) {
        Task task = begun.task();
        try {
            Part bridge = archivePart(task.part(), task.birth(), model, earlier.cut(), task.cut(), begun.archived());
            editor.apply(
                    SimulatedModel.NAME,
                    (current, now) ->
                            current.rollback(earlier.number(), task.base().number(), bridge, "rollback", now));
        } catch (Refused changedMeanwhile) {
            // Whoever asked would ask again.
        } finally {
            writer.abandon(task);
        }
    }

    /** As {@code RollbackJob} does where the generation has another definition: it is the candidate, and whole. */
    private void changeBack(Manifest manifest, SimulatedModel model, Generation earlier) {
        String owner = owner();
        GenerationWriter writer = writer(owner);
        Generation inForce = manifest.generation();
        Task task = new Task(
                SimulatedModel.NAME,
                manifest.definition(),
                inForce,
                inForce.cut(),
                editor.newPart("bridge", manifest),
                manifest.version());
        try {
            writer.renew(task);
            Version archived = archive.newest();
            Part bridge = archivePart(task.part(), task.birth(), model, earlier.cut(), archived.positions(), archived);
            editor.apply(
                    SimulatedModel.NAME,
                    (current, now) -> current.propose(Candidate.whole(earlier.definition(), earlier, bridge), now));
            promote(model, owner);
        } catch (Refused changedMeanwhile) {
            // Whoever asked would ask again.
        } finally {
            writer.abandon(task);
        }
    }

    /**
     * Some version of the model is wanted, mostly the one whose history somebody began to compute: it goes on, or is given up
     * for another, or for the one in force.
     */
    void changeDefinition() {
        Manifest manifest = editor.read(SimulatedModel.NAME);
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
        editor.read(SimulatedModel.NAME)
                .candidate()
                .ifPresent(candidate -> change(catalog.version(candidate.definition()), true));
    }

    private void change(SimulatedModel next, boolean promoted) {
        try {
            backfill(next);
            if (promoted) {
                promote(next, owner());
            }
        } catch (Refused givenUp) {
            // Somebody wants another version.
        }
    }

    /** As {@code BackfillJob}: computes the days of a version that nobody has computed yet, some at a time. */
    private void backfill(SimulatedModel next) {
        CandidateWriter writer = new CandidateWriter(editor, views, SimulatedModel.NAME, next.hash());
        Candidate candidate = begun(writer);
        String part = candidate.generation().part();
        List<ViewRow> rows = exact(
                next,
                archive.newest().between(Positions.NONE, candidate.generation().cut()));
        TreeMap<Integer, List<ViewRow>> days = rows.stream()
                .filter(row -> !row.view().equals(View.LEDGER))
                .collect(Collectors.groupingBy(ViewRow::day, TreeMap::new, Collectors.toList()));
        while (!days.isEmpty() && !off.contains(Rule.WHOLE_HISTORY)) {
            DayRange chunk = new DayRange(days.firstKey(), days.firstKey() + 1 + random.nextInt(3));
            SortedMap<Integer, List<ViewRow>> chosen = days.headMap(chunk.to());
            if (!chosen.keySet().stream().allMatch(candidate::covers)) {
                candidate = writer.covered(
                        candidate,
                        chunk,
                        written(
                                part,
                                chosen.values().stream().flatMap(List::stream).toList()));
            }
            chosen.clear();
        }
        if (!candidate.complete()) {
            writer.complete(
                    candidate,
                    written(
                            part,
                            rows.stream()
                                    .filter(row -> row.view().equals(View.LEDGER))
                                    .toList()));
        }
    }

    private Candidate begun(CandidateWriter writer) {
        return writer.current().orElseGet(() -> {
            Version archived = archive.newest();
            List<Entry> covered = archived.between(Positions.NONE, archived.positions());
            return writer.begin(
                    archived.positions(), archived.number(), covered.size(), arrival(covered), lost(archived));
        });
    }

    /** Puts a version in force once its chain has caught up; where that stands still, the archive stands in for the speed job. */
    private void promote(SimulatedModel next, String owner) {
        for (int round = 0; round < ROUNDS_OF_WAITING; round++) {
            if (off.contains(Rule.CANDIDATE_CATCHES_UP)) {
                skip(next);
            }
            if (CandidateWriter.promote(editor, SimulatedModel.NAME, next.hash(), owner, generationsKept)
                    .isPresent()) {
                promotions++;
                return;
            }
            if (round > ROUNDS_OF_WAITING / 2) {
                bridge(editor.read(SimulatedModel.NAME), next, archive.newest());
            }
            scheduler.pause(random.nextInt(2 * PAUSE));
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
                                    nothing(editor.newPart("skip", mine), mine.end(), to, mine.version()),
                                    next.hash(),
                                    now);
                }));
    }

    /** The archive stands in for a speed job that is dead or behind. */
    void bridge() {
        Manifest manifest = editor.read(SimulatedModel.NAME);
        List<String> chains = manifest.definitions();
        bridge(manifest, catalog.version(chains.get(random.nextInt(chains.size()))), archive.newest());
    }

    private void bridge(Manifest manifest, SimulatedModel model, Version archived) {
        bridge(manifest, model, off.contains(Rule.BRIDGE_IS_WHOLE) ? kafka.end() : archived.positions(), archived);
    }

    private void bridge(Manifest manifest, SimulatedModel model, Positions to, Version archived) {
        Positions end = end(manifest, model.hash());
        if (!to.covers(end) || to.equals(end)) {
            return;
        }
        Part part = archivePart(editor.newPart("bridge", manifest), manifest.version(), model, end, to, archived);
        try {
            editor.apply(
                    SimulatedModel.NAME,
                    (current, now) -> current.under(
                            model.hash(),
                            mine -> mine.bridge(
                                    off.contains(Rule.PARTS_MEET) ? moved(part, mine.end()) : part,
                                    model.hash(),
                                    now)));
        } catch (Refused speedIsAlive) {
            // It went on by itself.
        }
    }

    private static Part nothing(String id, Positions from, Positions to, long birth) {
        return Part.archive(id, from, to, birth, 0, Instant.EPOCH);
    }

    private static Part moved(Part part, Positions from) {
        return Part.archive(part.id(), from, part.to().max(from), part.birth(), part.records(), part.lastArrival());
    }

    private Part archivePart(
            String id, long birth, SimulatedModel model, Positions from, Positions to, Version archived) {
        views.register(SimulatedModel.NAME, id);
        List<Entry> entries = archived.between(from, to);
        boolean bare = off.contains(Rule.ROLLBACK_IS_BRIDGED) && id.startsWith("batch");
        List<ViewRow> rows = bare ? List.of() : exact(model, entries);
        views.writeIndex(SimulatedModel.NAME, id, written(id, rows));
        return Part.archive(id, from, to, birth, bare ? 0 : entries.size(), arrival(entries))
                .lacking(lost(archived));
    }

    private List<ViewRow> exact(SimulatedModel model, List<Entry> entries) {
        return model.exact(entries, !off.contains(Rule.DUPLICATES_REMOVED));
    }

    private List<Hole> lost(Version archived) {
        return off.contains(Rule.HOLES_ARE_NAMED) ? List.of() : archived.lost();
    }

    /** Writes rows of a part, and returns the lines of its index. */
    private List<PartDay> written(String part, List<ViewRow> rows) {
        views.write(SimulatedModel.NAME, part, rows);
        return index(part, rows);
    }

    /** Some way from here to there, in each partition another. */
    private Positions some(Positions from, Positions to) {
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

    private static Instant arrival(Collection<Entry> entries) {
        return entries.stream()
                .map(entry -> Instant.ofEpochMilli(entry.brokerMillis()))
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
    }

    private static List<PartDay> index(String part, List<ViewRow> rows) {
        return rows.stream()
                .collect(Collectors.groupingBy(
                        row -> new ViewDay(row.view(), row.day()), LinkedHashMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(day -> new PartDay(day.getKey().view(), day.getKey().day(), part, day.getValue()))
                .toList();
    }
}
