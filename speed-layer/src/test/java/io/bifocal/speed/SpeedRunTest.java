package io.bifocal.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bifocal.core.cut.FaultPolicy;
import io.bifocal.core.cut.InMemoryManifestStore;
import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.ledger.ArchiveProgress;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.view.InMemoryViewStore;
import io.bifocal.spark.KafkaTopic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs over a real Kafka; where a process must die at a chosen moment, over stores in memory. */
class SpeedRunTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final long SEED = 20101201;

    private final Random random = new Random(SEED);
    private TestTopic topic;
    private Definition definition;

    @BeforeEach
    void open() throws Exception {
        topic = new TestTopic();
        definition = TestShop.definition(topic.name());
    }

    @AfterEach
    void close() {
        topic.close();
    }

    @Test
    void countsEveryRecordOnceAndQuarantinesTheMalformedOnes() {
        List<String> records = new ArrayList<>(TestShop.events(random, 1200));
        records.addAll(Arrays.asList("{not json", null, "{\"at\":\"yesterday\"}", "[]"));
        topic.publish(records);
        try (Platform platform = platform(FaultPolicy.NONE)) {
            platform.start();

            awaitCovered(platform, 1204);
            assertThat(platform.totals()).isEqualTo(Platform.totalsOf(1200));
            assertThat(platform.ledger(false)).isEqualTo(1200);
            assertThat(platform.ledger(true)).isEqualTo(4);

            topic.publish(TestShop.events(random, 300));
            awaitCovered(platform, 1504);
            assertThat(platform.totals()).isEqualTo(Platform.totalsOf(1500));
        }
    }

    @Test
    void staysExactWhenItDiesAroundACommit() {
        AtomicInteger commits = new AtomicInteger();
        FaultPolicy dying = new FaultPolicy() {
            @Override
            public void before(String effect) {
                if (effect.equals("replace") && commits.incrementAndGet() == 3) {
                    throw new Crash("before the commit");
                }
            }

            @Override
            public void after(String effect) {
                if (effect.equals("replace") && commits.incrementAndGet() == 8) {
                    throw new Crash("after the commit");
                }
            }
        };
        try (Platform platform = platform(dying)) {
            topic.publish(TestShop.events(random, 2000));
            platform.start();

            awaitCovered(platform, 2000);
            topic.publish(TestShop.events(random, 2000));
            awaitCovered(platform, 4000);
            assertThat(commits.get()).isGreaterThan(8);
            assertThat(platform.totals()).isEqualTo(Platform.totalsOf(4000));
            assertThat(platform.ledger(false)).isEqualTo(4000);
        }
    }

    @Test
    void endsForGoodWhenAnotherRunHasTakenOver() {
        topic.publish(TestShop.events(random, 100));
        Platform platform = platform(FaultPolicy.NONE);
        try (SpeedRun zombie = platform.newRun()) {
            CompletableFuture<Void> ended = CompletableFuture.runAsync(() -> zombie.run(
                    definition, platform.editor(), platform.source(), platform.lostRecords(), platform.progress()));
            awaitCovered(platform, 100);

            LiveRun.join(
                    platform.editor(), platform.views(), platform.model(), DefinitionJson.hash(definition), "other", 4);
            topic.publish(TestShop.events(random, 100));

            assertThatThrownBy(() -> ended.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(Refused.class)
                    .hasMessageContaining("does not own the end");
            assertThat(platform.covered()).isEqualTo(100);
            assertThat(platform.totals()).isEqualTo(Platform.totalsOf(100));
        }
    }

    @Test
    void goesOnInANewPartWhenAJobSealsTheLiveOne() {
        try (Platform platform = platform(FaultPolicy.NONE)) {
            topic.publish(TestShop.events(random, 100));
            platform.start();
            awaitCovered(platform, 100);

            platform.editor().apply(platform.model(), (manifest, now) -> manifest.seal(now));
            topic.publish(TestShop.events(random, 100));

            awaitCovered(platform, 200);
            assertThat(platform.manifest().chain()).hasSizeGreaterThan(1);
            assertThat(platform.totals()).isEqualTo(Platform.totalsOf(200));
        }
    }

    @Test
    void countsNoRecordOfAnAbortedTransaction() throws Exception {
        topic.publish(TestShop.events(random, 10));
        topic.transaction(TestShop.events(random, 40), true);
        topic.transaction(TestShop.events(random, 30), false);
        topic.transaction(TestShop.events(random, 20), true);
        try (Platform platform = platform(FaultPolicy.NONE)) {
            platform.start();

            awaitCovered(platform, topic.end());
            assertThat(platform.totals()).isEqualTo(Platform.totalsOf(70));
            assertThat(platform.ledger(false)).isEqualTo(70);
        }
    }

    @Test
    void countsPartitionsThatAreAddedToTheTopic() throws Exception {
        try (Platform platform = platform(FaultPolicy.NONE)) {
            topic.publish(TestShop.events(random, 100));
            platform.start();
            awaitCovered(platform, 100);

            topic.addPartition();
            topic.publish(TestTopic.PARTITIONS, TestShop.events(random, 50));

            awaitCovered(platform, 150);
            assertThat(platform.totals()).isEqualTo(Platform.totalsOf(150));
        }
    }

    @Test
    void goesOnWithATopicThatWasDeletedAndMadeAgain() throws Exception {
        try (Platform platform = platform(FaultPolicy.NONE)) {
            topic.publish(TestShop.events(random, 100));
            platform.start();
            awaitCovered(platform, 100);

            topic.makeAgain();
            topic.publish(TestShop.events(random, 60));

            awaitCovered(platform, 160);
            assertThat(platform.totals()).isEqualTo(Platform.totalsOf(160));
            assertThat(platform.manifest().end().asMap()).hasSize(2);
        }
    }

    @Test
    void saysThatRecordsAreMissingWhenNobodyHasThem() throws Exception {
        topic.publish(TestShop.events(random, 100));
        topic.deleteBefore(20);
        try (Platform platform = platform(FaultPolicy.NONE)) {
            platform.start();

            awaitCovered(platform, 100);
            assertThat(platform.manifest().chain().get(0).kind()).isEqualTo(Part.Kind.HOLE);
            assertThat(platform.totals()).isEqualTo(Platform.totalsOf(80));
        }
    }

    @Test
    void waitsForTheArchiveWhereItHasWhatKafkaDeleted() throws Exception {
        topic.publish(TestShop.events(random, 100));
        topic.deleteBefore(20);
        KafkaTopic now = KafkaTopic.read(topic.admin(), topic.name());
        Platform platform = platform(FaultPolicy.NONE);
        platform.archived(new ArchiveProgress(Positions.of(now.id(), Map.of(0, 30L)), 1, Instant.EPOCH));

        assertThatThrownBy(() -> platform.lostRecords()
                        .bridge(platform.manifest(), platform.manifest().definition(), now))
                .isInstanceOf(BifocalException.class)
                .hasMessageContaining("Kafka does not hold records")
                .hasMessageContaining("={0=20}");
        assertThat(platform.manifest().chain()).isEmpty();
    }

    private Platform platform(FaultPolicy manifestFaults) {
        return new Platform(definition, new InMemoryViewStore(), new InMemoryManifestStore(manifestFaults), 2);
    }

    private static void awaitCovered(Platform platform, long records) {
        await().atMost(PATIENCE).until(() -> platform.covered() >= records);
    }
}
