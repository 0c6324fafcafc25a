package io.bifocal.simulator;

import io.bifocal.core.cut.InMemoryManifestStore;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Definitions;
import io.bifocal.core.query.Query;
import io.bifocal.core.query.QueryEngine;
import io.bifocal.core.query.QueryObserver;
import io.bifocal.core.query.Question;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.view.InMemoryViewStore;
import io.bifocal.core.view.ViewStore;
import io.bifocal.simulator.EventLog.Entry;
import io.bifocal.simulator.Faults.Dropped;
import io.bifocal.simulator.Scheduler.Actor;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One random history of the platform, decided by a seed: events arrive, runs start, die and come back as zombies, jobs race and
 * are killed between any two writes, parts are folded and collected, and readers ask all the while. Every answer is held against
 * plain counting over the log, as far as the manifest that it was read from reaches.
 */
final class History {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    static final Duration GRACE = Duration.ofSeconds(40);
    private static final Map<Boolean, SimulatedModel> MODELS =
            Map.of(false, new SimulatedModel(List.of()), true, new SimulatedModel(List.of("id")));

    private final Random random;
    private final boolean duplicates;
    private final SimulatedModel model;
    private final Scheduler scheduler;
    private final World world;
    private final ManifestStore manifests = new InMemoryManifestStore();
    private final ViewStore stored = new InMemoryViewStore();
    private final ManifestStore pausingManifests;
    private final ViewStore pausingViews;
    private final ManifestEditor editor;
    private Positions answeredUpTo = Positions.NONE;
    private long answers;
    private long refused;
    private long again;

    /** What a history went through. */
    record Report(long answers, long refused, long askedAgain, int generations, long records) {}

    History(long seed, Dropped dropped) {
        this.random = new Random(seed);
        this.duplicates = random.nextInt(4) == 0;
        this.model = MODELS.get(duplicates);
        this.scheduler = new Scheduler(random);
        this.pausingManifests = new Faults.Manifests(manifests, scheduler, dropped);
        this.pausingViews = new Faults.Views(stored, scheduler, dropped);
        SimulatedClock clock = new SimulatedClock();
        this.editor = new ManifestEditor(pausingManifests, clock);
        this.world = new World(random, scheduler, model, clock, editor, pausingViews, dropped, duplicates);
    }

    Report run(int steps) {
        manifests.create(Manifest.initial(SimulatedModel.NAME, SimulatedModel.HASH, world.clock.instant()));
        scheduler.spawn("archiver", world::archive);
        scheduler.spawn("speed", world::speed);
        scheduler.spawn("folder", world::fold);
        scheduler.spawn("collector", world::collect);
        try {
            for (int step = 0; step < steps; step++) {
                world.clock.advance(Duration.ofMillis(random.nextInt(40)));
                if (random.nextInt(5) == 0) {
                    world.produce();
                }
                happen();
                scheduler.step();
            }
            atRestEverythingIsExact();
        } finally {
            scheduler.shutDown();
        }
        return new Report(
                answers,
                refused,
                again,
                world.generations,
                world.log.before(world.log.end()).count());
    }

    /** Now and then somebody starts something, or something dies. */
    private void happen() {
        switch (random.nextInt(120)) {
            case 0 -> scheduler.spawn("recompute", () -> world.recompute(false));
            case 1 -> scheduler.spawn("recompute --full", () -> world.recompute(true));
            case 2, 3, 4, 5 -> scheduler.spawn("reader", this::read);
            case 6 -> restartSpeed();
            case 7 -> someone().ifPresent(actor -> actor.sleep(random.nextInt(60)));
            case 8 ->
                someone().filter(actor -> !actor.name().equals("archiver")).ifPresent(this::killAndReplace);
            case 9 -> scheduler.spawn("rollback", world::rollBack);
            case 10 -> scheduler.spawn("bridge", world::bridge);
            case 11 -> addPartition();
            default -> {}
        }
    }

    private void restartSpeed() {
        scheduler.spawn("speed", world::speed);
        if (random.nextBoolean()) {
            // The other half of the time the old one goes on as a zombie.
            named("speed").findFirst().ifPresent(Actor::kill);
        }
    }

    private void killAndReplace(Actor actor) {
        actor.kill();
        switch (actor.name()) {
            case "speed" -> scheduler.spawn("speed", world::speed);
            case "folder" -> scheduler.spawn("folder", world::fold);
            case "collector" -> scheduler.spawn("collector", world::collect);
            default -> {}
        }
    }

    private void addPartition() {
        if (world.log.partitions() < 4 && random.nextInt(5) == 0) {
            world.log.addPartition();
        }
    }

    private Optional<Actor> someone() {
        List<Actor> actors = scheduler.actors();
        return actors.isEmpty() ? Optional.empty() : Optional.of(actors.get(random.nextInt(actors.size())));
    }

    private java.util.stream.Stream<Actor> named(String name) {
        return scheduler.actors().stream().filter(actor -> actor.name().equals(name));
    }

    /** Asks for a count by dimension and day, and perhaps for the same answer again, some time later. */
    private void read() {
        Watched watched = new Watched(pausingManifests);
        QueryEngine engine = engine(watched);
        Query query = query(random.nextBoolean());
        Positions before = answeredUpTo;
        try {
            Answer answer = engine.answer(query);
            Manifest manifest = watched.first().orElseThrow();
            require(manifest.end().covers(before), "fell from " + before + " to " + manifest.end());
            answeredUpTo = answeredUpTo.max(manifest.end());
            check(answer, manifest);
            answers++;
            if (random.nextInt(3) == 0) {
                askAgain(engine, answer);
            }
        } catch (BifocalException fault) {
            require(Set.of(ErrorCode.DEADLINE, ErrorCode.GONE).contains(fault.code()), "refused with " + fault);
            refused++;
        }
    }

    private void askAgain(QueryEngine engine, Answer answer) {
        int wait = random.nextInt(300);
        for (int i = 0; i < wait; i++) {
            scheduler.pause();
        }
        Answer later = engine.answer(new Question.Earlier(answer.meta().answer()));
        require(later.rows().equals(answer.rows()), "asked again: " + later.rows() + ", before: " + answer.rows());
        again++;
    }

    private Query query(boolean hourly) {
        Query.TimeRange time = new Query.TimeRange(
                Optional.empty(),
                Optional.empty(),
                hourly ? Optional.of(Granularity.DAY) : Optional.empty(),
                ZoneOffset.UTC);
        return new Query(
                SimulatedModel.NAME,
                List.of("events", "total", "large", "largest"),
                List.of("dim"),
                time,
                List.of(),
                List.of(),
                Optional.empty(),
                Query.Require.ANY,
                Optional.empty());
    }

    private QueryEngine engine(ManifestStore through) {
        return new QueryEngine(
                through,
                pausingViews,
                new OneDefinition(model.definition()),
                manifest -> manifest.lastArrival(),
                QueryObserver.NONE,
                world.clock,
                new QueryEngine.Limits(DEADLINE, 1, GRACE));
    }

    /** The manifest that a reader's answer was made from. */
    private static final class Watched implements ManifestStore {
        private final ManifestStore store;
        private Manifest first;

        Watched(ManifestStore store) {
            this.store = store;
        }

        Optional<Manifest> first() {
            return Optional.ofNullable(first);
        }

        @Override
        public Optional<Manifest> read(String model) {
            Optional<Manifest> manifest = store.read(model);
            first = first == null ? manifest.orElse(null) : first;
            return manifest;
        }

        @Override
        public boolean create(Manifest manifest) {
            return store.create(manifest);
        }

        @Override
        public boolean replace(Manifest current, Manifest next) {
            return store.replace(current, next);
        }
    }

    private record OneDefinition(Definition definition) implements Definitions {
        @Override
        public List<String> models() {
            return List.of(SimulatedModel.NAME);
        }

        @Override
        public Optional<Definition> current(String name) {
            return Optional.of(definition);
        }

        @Override
        public Optional<Definition> byHash(String name, String hash) {
            return Optional.of(definition);
        }
    }

    /** What a cell must say. */
    private record Cell(long events, long total, long large, long largest) {
        static Cell of(Entry entry) {
            return new Cell(1, entry.value(), entry.value() > 50 ? 1 : 0, entry.value());
        }

        Cell plus(Cell other) {
            return new Cell(
                    events + other.events, total + other.total, large + other.large, Math.max(largest, other.largest));
        }
    }

    private void check(Answer answer, Manifest manifest) {
        boolean byDay = answer.columns().get(0).name().equals(Query.TIME);
        Map<String, Cell> most = cells(world.log.before(manifest.end()).toList(), byDay);
        Map<String, Cell> got = new TreeMap<>();
        for (Answer.Row row : answer.rows()) {
            int at = byDay ? 1 : 0;
            String key = (byDay ? row.values().get(0) + " " : "") + row.values().get(at);
            got.put(
                    key,
                    new Cell(
                            (Long) row.values().get(at + 1),
                            (Long) row.values().get(at + 2),
                            (Long) row.values().get(at + 3),
                            (Long) row.values().get(at + 4)));
        }
        require(!answer.meta().partial(), "partial");
        if (!duplicates) {
            require(got.equals(most), "got " + got + ", true is " + most + " at " + manifest);
            return;
        }
        // Live parts may count a repeated event again, never less than once.
        long counted = got.values().stream().mapToLong(Cell::events).sum();
        long upper = most.values().stream().mapToLong(Cell::events).sum();
        long lower = world.ids(manifest.end()).size();
        require(counted >= lower && counted <= upper, "counted " + counted + ", not in " + lower + ".." + upper);
        if (manifest.end().equals(manifest.generation().cut())) {
            require(counted == lower, "exact, but counted " + counted + " of " + lower);
        }
    }

    private static Map<String, Cell> cells(List<Entry> entries, boolean byDay) {
        return entries.stream()
                .filter(entry -> !entry.malformed())
                .collect(Collectors.toMap(
                        entry -> (byDay ? SimulatedModel.dayStart(entry.day()) + " " : "") + entry.dimension(),
                        Cell::of,
                        Cell::plus,
                        TreeMap::new));
    }

    /** Everybody dies but one speed job, one archiver and one batch job: what they leave must be exact and whole. */
    private void atRestEverythingIsExact() {
        scheduler.shutDown();
        Positions end = world.log.end();
        world.archiveAll();
        Actor speed = scheduler.spawn("speed", () -> world.catchUp(end));
        scheduler.finish(speed);
        Actor recompute = scheduler.spawn("recompute", () -> world.recompute(false));
        scheduler.finish(recompute);
        Manifest incremental = manifests.read(SimulatedModel.NAME).orElseThrow();
        require(
                incremental.generation().cut().equals(end),
                "the last generation is cut at " + incremental + ", not " + end);
        List<Answer.Row> before = finalRows();
        scheduler.finish(scheduler.spawn("recompute --full", () -> world.recompute(true)));
        List<Answer.Row> full = finalRows();
        require(before.equals(full), "incremental " + before + ", full " + full);
        require(
                full.stream().allMatch(row -> row.status() == Answer.Status.EXACT),
                "after a generation nothing is provisional");
    }

    private List<Answer.Row> finalRows() {
        Watched watched = new Watched(manifests);
        List<Answer> result = new java.util.ArrayList<>();
        scheduler.finish(
                scheduler.spawn("last reader", () -> result.add(engine(watched).answer(query(true)))));
        Answer answer = result.get(0);
        check(answer, watched.first().orElseThrow());
        return answer.rows();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new Violation(Objects.requireNonNull(otherwise));
        }
    }

    /** A law that did not hold. */
    static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1L;

        Violation(String message) {
            super(message);
        }
    }

    static Set<Dropped> rules() {
        return EnumSet.complementOf(EnumSet.of(Dropped.NOTHING));
    }
}
