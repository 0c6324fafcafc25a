package io.bifocal.simulator;

import io.bifocal.core.cut.FaultPolicy;
import io.bifocal.core.cut.Hole;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.query.Answer;
import io.bifocal.core.view.InMemoryViewStore;
import io.bifocal.core.view.ViewStore;
import io.bifocal.simulator.Scheduler.Actor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * One random history of the platform, decided by a seed: events arrive, runs start, die and come back as zombies, jobs race and
 * are killed between any two writes, parts are folded and collected, and readers ask all the while. Every answer is held against
 * plain counting over the log, as far as the manifest that it was read from reaches.
 */
final class History {
    static final Duration DEADLINE = Duration.ofSeconds(4);
    static final Duration GRACE = Duration.ofMillis(4_500);
    private static final int MOST_MILLIS_OF_A_STEP = 24;
    private static final int STEPS_OF_A_HAPPENING = 480;
    private static final int MOST_TOPICS = 3;
    private static final int SHORT_NAP = 100;
    private static final int LONG_NAP = 1_500;

    /**
     * Which history, and how much of it.
     *
     * @param with what may happen
     * @param off rules that are switched off
     */
    record Plan(long seed, int steps, Set<Happening> with, Set<Rule> off) {
        static Plan of(long seed, int steps) {
            return new Plan(seed, steps, EnumSet.allOf(Happening.class), EnumSet.noneOf(Rule.class));
        }

        Plan without(Rule rule) {
            return new Plan(seed, steps, with, EnumSet.of(rule));
        }

        Plan without(Happening happening) {
            Set<Happening> less = EnumSet.copyOf(with);
            less.remove(happening);
            return new Plan(seed, steps, less, off);
        }

        Plan seed(long other) {
            return new Plan(other, steps, with, off);
        }

        Plan steps(int other) {
            return new Plan(seed, other, with, off);
        }
    }

    /** What a history went through. */
    record Report(
            long steps,
            long records,
            int generations,
            int promotions,
            int erasures,
            long versions,
            Reader.Report readers) {
        Report plus(Report other) {
            return new Report(
                    steps + other.steps,
                    records + other.records,
                    generations + other.generations,
                    promotions + other.promotions,
                    erasures + other.erasures,
                    versions + other.versions,
                    readers.plus(other.readers));
        }
    }

    private final Plan plan;
    private final Random random;
    private final Scheduler scheduler;
    private final SimulatedClock clock = new SimulatedClock();
    private final SimulatedCatalog catalog;
    private final SimulatedKafka kafka = new SimulatedKafka(2);
    private final ManifestStore manifests;
    private final World world;
    private final Producers producers;
    private final Archiver archiver;
    private final SpeedJob speedJob;
    private final Upkeep upkeep;
    private final Bridges bridges;
    private final BatchJobs jobs;
    private final GenerationJobs generations;
    private final RollbackJobs rollbacks;
    private final BackfillJobs backfills;
    private final ErasureJobs erasures;
    private final Reader reader;
    /** Whether its model does: without, generations live long enough to be built on one another. */
    private final boolean changes;
    /** Whether records are erased in it: otherwise there are more earlier generations. */
    private final boolean erases;
    /** Whether days get too old to be kept. */
    private final boolean ages;

    History(Plan plan) {
        this.plan = plan;
        this.random = new Random(plan.seed());
        this.scheduler = new Scheduler(random, this::betweenSteps);
        this.catalog = new SimulatedCatalog(random.nextInt(4) == 0);
        this.manifests = new SimulatedManifests(random, scheduler, plan.with().contains(Happening.DOUBT), plan.off());
        ViewStore views =
                new SimulatedViews(new InMemoryViewStore(FaultPolicy.NONE, this::mayDiffer), scheduler, plan.off());
        ManifestEditor editor = new ManifestEditor(manifests, clock, new Random(plan.seed()));
        this.world =
                new World(random, scheduler, catalog, clock, kafka, new SimulatedArchive(), editor, views, plan.off());
        this.producers = new Producers(world);
        this.bridges = new Bridges(world);
        this.archiver = new Archiver(world, bridges);
        this.speedJob = new SpeedJob(world);
        this.upkeep = new Upkeep(world);
        this.jobs = new BatchJobs(world, bridges);
        this.generations = new GenerationJobs(world, jobs);
        this.backfills = new BackfillJobs(world, bridges, jobs);
        this.erasures = new ErasureJobs(world, generations, jobs);
        this.rollbacks = new RollbackJobs(world, bridges, jobs, backfills);
        this.changes = random.nextInt(3) > 0;
        this.erases = random.nextBoolean();
        this.ages = random.nextInt(3) == 0;
        this.reader = new Reader(random, scheduler, catalog, kafka, manifests, views, clock, plan.off());
    }

    private boolean mayDiffer(String part) {
        return erasures.mayDiffer(part);
    }

    Report run() {
        manifests.create(Manifest.initial(SimulatedModel.NAME, catalog.wanted().hash(), clock.instant()));
        List.of("archiver", "speed", "folder", "collector").forEach(this::start);
        try {
            scheduler.run(plan.steps());
            atRestEverythingIsExact();
        } finally {
            scheduler.shutDown();
        }
        return new Report(
                plan.steps() - scheduler.stepsLeft(),
                kafka.before(kafka.end()).size(),
                generations.published(),
                backfills.promotions(),
                erasures.erased(),
                manifest().version(),
                reader.report());
    }

    private void betweenSteps() {
        clock.advance(Duration.ofMillis(random.nextInt(MOST_MILLIS_OF_A_STEP)));
        if (random.nextInt(12) == 0) {
            producers.produce();
        }
        int at = random.nextInt(STEPS_OF_A_HAPPENING);
        for (Happening happening : Happening.values()) {
            at -= happening.weight();
            if (at < 0) {
                if (plan.with().contains(happening)) {
                    happen(happening);
                }
                return;
            }
        }
    }

    /** Somebody starts something, or something dies. */
    private void happen(Happening happening) {
        switch (happening) {
            case RECOMPUTE -> scheduler.spawn("recompute", World.mortal(() -> generations.recompute(false)));
            case RECOMPUTE_IN_FULL ->
                scheduler.spawn("recompute in full", World.mortal(() -> generations.recompute(true)));
            case ROLLBACK -> scheduler.spawnService("rollback", World.mortal(rollbacks::rollBack));
            case BRIDGE -> scheduler.spawn("bridge", World.mortal(bridges::bridge));
            case CHANGE_DEFINITION -> changeDefinition();
            case ERASE -> erase();
            case QUERY -> scheduler.spawnService("reader", reader::ask);
            case LEDGER_QUERY -> scheduler.spawn("reader of the ledger", reader::readLedger);
            case SPEED_RESTART -> restart("speed");
            case ARCHIVER_RESTART -> restart("archiver");
            case NAP -> someone().ifPresent(actor -> actor.sleep(random.nextInt(SHORT_NAP)));
            case LONG_NAP -> someone().ifPresent(actor -> actor.sleep(random.nextInt(LONG_NAP)));
            case KILL -> someone().ifPresent(this::killAndReplace);
            case NEW_PARTITION -> addPartition();
            case RETENTION -> retain();
            case AGE -> age();
            case NEW_TOPIC -> renewTopic();
            case DOUBT -> throw new IllegalStateException("happens by itself");
        }
    }

    private void restart(String name) {
        start(name);
        if (random.nextBoolean()) {
            // The other half of the time the old one goes on as a zombie.
            scheduler.actors().stream()
                    .filter(actor -> actor.name().equals(name))
                    .findFirst()
                    .ifPresent(Actor::kill);
        }
    }

    private void killAndReplace(Actor actor) {
        actor.kill();
        start(actor.name());
    }

    /** What a platform always has one of, at least. */
    private void start(String name) {
        switch (name) {
            case "speed" -> scheduler.spawnService("speed", speedJob::process);
            case "archiver" -> scheduler.spawnService("archiver", archiver::run);
            case "folder" -> scheduler.spawnService("folder", upkeep::fold);
            case "collector" -> scheduler.spawnService("collector", upkeep::collect);
            default -> {} // a job, or a reader: nobody misses it
        }
    }

    private void addPartition() {
        if (kafka.partitions() < 4) {
            kafka.addPartition();
        }
    }

    private void changeDefinition() {
        if (changes) {
            scheduler.spawnService("change of definition", World.mortal(backfills::changeDefinition));
        }
    }

    private void erase() {
        if (erases) {
            scheduler.spawnService("erasure", World.mortal(erasures::erase));
        }
    }

    /** Kafka's retention: of one partition, up to where it is archived, or further. */
    private void retain() {
        int partition = random.nextInt(kafka.partitions());
        long archived = world.archive().newest().positions().offset(kafka.topicId(), partition);
        long end = kafka.nextOffset(partition);
        kafka.retain(
                partition,
                random.nextInt(3) > 0
                        ? Math.min(archived, end)
                        : archived + random.nextInt((int) (end - archived) + 1));
    }

    /** In some histories days are kept for ever: or there would be few with many. */
    private void age() {
        if (ages) {
            jobs.age();
        }
    }

    private void renewTopic() {
        if (kafka.topics() < MOST_TOPICS && random.nextInt(4) == 0) {
            kafka.makeTopic(1 + random.nextInt(2));
        }
    }

    private Optional<Actor> someone() {
        List<Actor> actors = scheduler.actors();
        return actors.isEmpty() ? Optional.empty() : Optional.of(actors.get(random.nextInt(actors.size())));
    }

    /** Everybody dies but one speed job, one archiver and one batch job: what they leave must be exact and whole. */
    private void atRestEverythingIsExact() {
        scheduler.shutDown();
        alone("speed and archiver", this::catchUp);
        for (int i = 0; i < 20 && manifest().candidate().isPresent(); i++) {
            alone("change of definition", World.mortal(backfills::finishChange));
        }
        Violation.unless(manifest().candidate().isEmpty(), () -> "never takes over: " + manifest());
        for (int i = 0; i < 20 && !erasures.finished(); i++) {
            alone("erasure", World.mortal(erasures::finish));
        }
        Violation.unless(erasures.finished(), () -> "never erased: " + manifest());
        cut(false);
        Manifest incremental = manifest();
        Violation.unless(
                incremental.generation().cut().covers(kafka.end())
                        && incremental.generation().cut().equals(incremental.end()),
                () -> "the last generation is cut at " + incremental + ", not " + kafka.end());
        List<Hole> lost = world.archive().newest().lost();
        Violation.unless(
                incremental.generation().holes().equals(lost), () -> "lost is " + lost + ", named at " + incremental);
        alone("collector", World.mortal(upkeep::collectTheRest));
        List<Answer.Row> before = everything();
        cut(true);
        List<Answer.Row> full = everything();
        Violation.unless(before.equals(full), () -> "incremental " + before + ", full " + full);
        Violation.unless(
                full.stream().allMatch(row -> row.status() == Answer.Status.EXACT),
                () -> "after a generation nothing is provisional: " + full);
    }

    /** One archiver and one speed job, until all is archived and counted that Kafka has. */
    private void catchUp() {
        boolean behind = true;
        while (behind) {
            archiver.catchUp();
            speedJob.catchUp();
            Positions counted = world.manifest().end();
            behind = !counted.covers(kafka.end())
                    || !world.archive().newest().positions().equals(counted);
        }
    }

    private Manifest manifest() {
        return manifests.read(SimulatedModel.NAME).orElseThrow();
    }

    /** Publishes a generation, however often that takes: each time a request may be in doubt. */
    private void cut(boolean full) {
        int before = generations.published();
        for (int i = 0; i < 20 && generations.published() == before; i++) {
            alone("recompute", World.mortal(() -> generations.recompute(full)));
        }
    }

    private List<Answer.Row> everything() {
        List<Answer.Row> rows = new ArrayList<>();
        alone("last reader", () -> rows.addAll(reader.askForEverything()));
        return rows;
    }

    private void alone(String name, Runnable body) {
        scheduler.finish(scheduler.spawn(name, body));
    }
}
