package io.bifocal.core.cut;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.cut.FaultPolicy.Crash;
import io.bifocal.core.cut.GarbageCollector.Collected;
import io.bifocal.core.cut.GenerationWriter.Task;
import io.bifocal.core.oracle.SampleLambda;
import io.bifocal.core.oracle.SampleShop;
import io.bifocal.core.view.InMemoryViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GarbageCollectorTest {
    private static final Duration GRACE = Duration.ofMinutes(10);
    private static final Duration LEASE = Duration.ofMinutes(30);
    private static final int STEPS = 250;
    private static final int DAY = 14_944;
    private static final List<String> ROLLUPS = List.of("hours", "days");

    private final ManualClock clock = new ManualClock(Instant.parse("2010-12-05T00:00:00Z"));

    @Test
    void collectsWhatAGenerationReplacedOnceTheGraceIsOver() {
        History history = new History(1, 0);
        history.live = history.lambda.join();
        history.produce();
        history.lambda.microBatch(history.live, 50);
        String replaced = history.lambda.manifest().chain().get(0).id();
        history.lambda.publish(history.lambda.begin(50).orElseThrow());
        assertThat(history.collector.collect(SampleLambda.MODEL)).isEqualTo(new Collected(0, 0));
        assertThat(history.views.parts(SampleLambda.MODEL)).contains(replaced);
        history.produce();
        history.lambda.microBatch(history.live, 50);
        clock.advance(GRACE);
        history.collector.collect(SampleLambda.MODEL);
        clock.advance(GRACE);
        history.collector.collect(SampleLambda.MODEL);
        assertThat(history.views.parts(SampleLambda.MODEL)).doesNotContain(replaced);
        assertThat(history.lambda.manifest().retired()).isEmpty();
        history.checkNow();
    }

    @Test
    void leavesOnlyThoseDaysOfAnOldGenerationThatLaterOnesCarryOver() {
        History history = new History(4, 0);
        history.live = history.lambda.join();
        history.produce(0);
        history.produce(1);
        history.publish();
        String first = history.lambda.manifest().generation().part();
        for (int i = 0; i < 4; i++) {
            history.produce(1);
            history.publish();
        }
        assertThat(history.lambda.manifest().names()).doesNotContain(first);
        history.collectAll();
        history.checkNow();
        history.checkNoGarbage();
        assertThat(history.index(first)).extracting(PartDay::day).containsOnly(DAY);
    }

    @Test
    void letsARunGoOnWhosePartWasCondemnedWhileItHadNothingToDo() {
        History history = new History(2, 0);
        history.live = history.lambda.join();
        for (int i = 0; i < 3; i++) {
            history.produce();
            history.lambda.microBatch(history.live, 50);
        }
        String next = history.live.next().part();
        assertThat(history.views.parts(SampleLambda.MODEL)).contains(next);
        history.lambda.begin(0).ifPresent(history.lambda::abandon);
        history.collectAll();
        assertThat(history.views.parts(SampleLambda.MODEL)).doesNotContain(next);
        history.produce();
        assertThat(history.lambda.microBatch(history.live, 50)).isTrue();
        history.checkNow();
        history.collectAll();
        history.checkNoGarbage();
    }

    @Test
    void givesAModelAtRestNoNewVersions() {
        History history = new History(3, 0);
        history.live = history.lambda.join();
        history.produce();
        history.lambda.microBatch(history.live, 50);
        history.collectAll();
        long version = history.lambda.manifest().version();
        history.collectAll();
        assertThat(history.lambda.manifest().version()).isEqualTo(version);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15})
    void takesNothingThatAnyoneCanAskForAndLeavesNothingElse(long seed) {
        History history = new History(seed, 500);
        for (int step = 0; step < STEPS; step++) {
            history.step();
        }
        history.random.setSeed(seed);
        history.crashesOneIn = 0;
        history.task.ifPresent(history.lambda::abandon);
        history.lambda.editor().apply(SampleLambda.MODEL, (current, now) -> current.unpin("nobody", now));
        clock.advance(LEASE);
        history.collectAll();
        history.checkNow();
        history.checkNoGarbage();
        assertThat(history.lambda.manifest().lastGeneration()).isGreaterThan(3);
        assertThat(history.folds).isPositive();
        assertThat(history.collected).isPositive();
    }

    /** A manifest, and since when it is in force no more. */
    private record Superseded(Manifest manifest, Instant at) {}

    /** A random history of one model, in which processes die anywhere. */
    private final class History {
        private final long seed;
        private final Random random;
        private final InMemoryViewStore views;
        private final SampleLambda lambda;
        private final List<Superseded> superseded = new ArrayList<>();
        private final List<LiveRun> zombies = new ArrayList<>();
        private GarbageCollector collector;
        private int crashesOneIn;
        private LiveRun live;
        private Optional<Task> task = Optional.empty();
        private Manifest seen;
        private int folds;
        private int collected;

        History(long seed, int crashesOneIn) {
            this.seed = seed;
            this.random = new Random(seed);
            this.crashesOneIn = crashesOneIn;
            FaultPolicy faults = new FaultPolicy() {
                @Override
                public void before(String effect) {
                    maybeCrash(effect);
                }

                @Override
                public void after(String effect) {
                    maybeCrash(effect);
                }
            };
            this.views = new InMemoryViewStore(faults);
            this.lambda = new SampleLambda(new InMemoryManifestStore(faults), views, clock, 3);
            this.collector = new GarbageCollector(lambda.editor(), views, clock, GRACE);
            int crashes = this.crashesOneIn;
            this.crashesOneIn = 0;
            lambda.editor().readOrCreate(SampleLambda.MODEL, SampleLambda.DEFINITION);
            this.crashesOneIn = crashes;
            this.seen = lambda.manifest();
        }

        private void maybeCrash(String effect) {
            if (crashesOneIn > 0 && random.nextInt(crashesOneIn) == 0) {
                throw new Crash(effect);
            }
        }

        void step() {
            clock.advance(Duration.ofSeconds(random.nextInt(120)));
            switch (random.nextInt(14)) {
                case 0, 1 -> produce();
                case 2, 3, 4, 5 -> run();
                case 6, 7 -> attempt(() -> folds += lambda.fold().isPresent() ? 1 : 0);
                case 8, 9, 10 -> job();
                case 11 -> rollBack();
                case 12 -> zombie();
                default -> collect();
            }
            observe();
            checkNow();
        }

        void produce() {
            produce(random.nextInt(8));
        }

        /** Of one day at a time, so that generations carry others over. */
        void produce(int days) {
            Instant day = Instant.EPOCH.plus(Duration.ofDays(DAY + days));
            lambda.produce(SampleShop.events(random, 20 + random.nextInt(30), 0, lambda.produced(), day, 1));
        }

        void publish() {
            while (lambda.microBatch(live, 50)) {
                observe();
            }
            lambda.publish(lambda.begin(lambda.produced()).orElseThrow());
        }

        private void run() {
            boolean survived = attempt(() -> {
                if (live == null || random.nextInt(10) == 0) {
                    LiveRun before = live;
                    live = lambda.join();
                    if (before != null) {
                        zombies.add(before);
                    }
                }
                lambda.microBatch(live, 1 + random.nextInt(40));
            });
            live = survived ? live : null;
        }

        /** Does not die halfway: of a part that was collected already, its rows would be lost. */
        private void zombie() {
            if (!zombies.isEmpty()) {
                int crashes = crashesOneIn;
                crashesOneIn = 0;
                attempt(() -> lambda.microBatch(zombies.get(random.nextInt(zombies.size())), 10));
                crashesOneIn = crashes;
            }
        }

        private void job() {
            if (task.isEmpty()) {
                attempt(() -> task = lambda.begin(lambda.produced()));
            } else {
                Task begun = task.get();
                task = Optional.empty();
                attempt(() -> lambda.publish(begun));
            }
        }

        private void rollBack() {
            List<Generation> kept = lambda.manifest().kept();
            if (!kept.isEmpty() && random.nextInt(2) == 0) {
                attempt(() -> lambda.rollback(kept.get(random.nextInt(kept.size()))));
            }
        }

        private void collect() {
            if (!attempt(
                    () -> collected += collector.collect(SampleLambda.MODEL).parts())) {
                collector = new GarbageCollector(lambda.editor(), views, clock, GRACE);
            }
            superseded.removeIf(old -> !old.at().plus(GRACE).isAfter(clock.instant()));
            superseded.forEach(old -> check(old.manifest()));
        }

        /** Whether whoever did it is still alive. */
        private boolean attempt(Runnable effects) {
            try {
                effects.run();
                return true;
            } catch (Refused | Crash over) {
                return false;
            }
        }

        private void observe() {
            Manifest now = lambda.manifest();
            if (now.version() != seen.version()) {
                superseded.add(new Superseded(seen, clock.instant()));
                seen = now;
            }
        }

        void collectAll() {
            for (int i = 0; i < 4; i++) {
                collector.collect(SampleLambda.MODEL);
                clock.advance(GRACE);
            }
        }

        void checkNow() {
            check(lambda.manifest());
        }

        private void check(Manifest manifest) {
            for (String rollup : ROLLUPS) {
                assertThat(lambda.storedOrders(rollup, manifest))
                        .as("%s at version %d, seed %d", rollup, manifest.version(), seed)
                        .isEqualTo(lambda.expectedOrders(rollup, lambda.counted(manifest)));
            }
        }

        void checkNoGarbage() {
            Set<String> wanted = new HashSet<>(lambda.manifest().names());
            Set<PartDay> carried = new HashSet<>();
            for (String part : lambda.manifest().names()) {
                for (PartDay day : index(part)) {
                    wanted.add(day.source());
                    carried.add(new PartDay(day.view(), day.day(), day.source(), 0));
                }
            }
            assertThat(views.lost(SampleLambda.MODEL)).as("seed %d", seed).isEmpty();
            assertThat(views.parts(SampleLambda.MODEL)).as("seed %d", seed).hasSameElementsAs(wanted);
            wanted.removeAll(lambda.manifest().names());
            for (String part : wanted) {
                assertThat(index(part).stream()
                                .filter(day -> day.source().equals(part))
                                .map(day -> new PartDay(day.view(), day.day(), part, 0)))
                        .as("days of %s, seed %d", part, seed)
                        .isSubsetOf(carried);
            }
        }

        private List<PartDay> index(String part) {
            return views.index(SampleLambda.MODEL, part).toCompletableFuture().join();
        }
    }
}
