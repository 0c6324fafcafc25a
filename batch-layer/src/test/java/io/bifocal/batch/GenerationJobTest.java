package io.bifocal.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.batch.GenerationJob.Published;
import io.bifocal.core.cut.Hole;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.view.ViewStore.PartDay;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class GenerationJobTest {
    private static final List<String> ROLLUPS = List.of("by_country", "daily");

    @Test
    void recomputesWhatChangedCarriesOverTheRestAndEqualsTheOracle() {
        World world = world();
        world.count().archive();

        Published first = world.job().run(world.positions(), Extent.TOUCHED_DAYS);

        assertThat(first.generation().number()).isEqualTo(1);
        assertThat(first.generation().records()).isEqualTo(world.records());
        assertThat(world.manifest().chain()).noneMatch(part -> part.kind() == Part.Kind.LIVE && part.batches() > 0);
        assertRight(world);

        // Late: 31 March begins, in London, at midnight UTC and ends an hour before the next.
        world.order("late", "2024-03-31T23:30:00Z", "FR", "7.01").order("new", "2024-04-03T09:00:00Z", null, "1");
        world.count();
        assertRight(world);
        world.archive();
        Published second = world.job().run(world.positions(), Extent.TOUCHED_DAYS);

        assertThat(second.records()).isEqualTo(2);
        assertRight(world);
        Map<Integer, String> sources = sources(world, second, "by_country");
        assertThat(sources.get(day("2024-03-31"))).isEqualTo(second.generation().part());
        assertThat(sources.get(day("2024-03-02"))).isEqualTo(first.generation().part());
        assertThat(sources(world, second, "daily").get(day("2024-04-01")))
                .isEqualTo(second.generation().part());
        assertGoldShows(world, second);

        var incremental = ROLLUPS.stream().collect(Collectors.toMap(Function.identity(), world::stored));
        Map<Object, Long> ledger = world.ledger();
        Published full = world.job().run(world.positions(), Extent.ALL_DAYS);
        assertThat(ROLLUPS.stream().collect(Collectors.toMap(Function.identity(), world::stored)))
                .isEqualTo(incremental);
        assertThat(world.ledger()).isEqualTo(ledger);
        assertThat(Set.copyOf(sources(world, full, "by_country").values()))
                .containsExactly(full.generation().part());
        assertThat(full.generation().records()).isEqualTo(second.generation().records());
        assertGoldShows(world, full);
    }

    @Test
    void keepsOneOfRecordsThatShareIdentityAndTimeTheEarliestByPosition() {
        World world = new World(Shop.definition("id"));
        world.order("a", "2024-03-01T10:00:00Z", "FR", "1")
                .order("b", "2024-03-01T10:00:00Z", "FR", "2")
                .order("a", "2024-03-01T10:00:00Z", "DE", "3")
                .order("a", "2024-03-01T10:00:01Z", "FR", "4")
                .order("a", "2024-03-01T10:00:00Z", "IT", "5");
        world.count().archive();
        world.job().run(world.positions(), Extent.TOUCHED_DAYS);
        assertRight(world);

        world.order("b", "2024-03-01T10:00:00Z", "GB", "6").order("c", "2024-03-01T11:00:00Z", "GB", "7");
        world.count().archive();
        world.job().run(world.positions(), Extent.TOUCHED_DAYS);

        assertRight(world);
        assertThat(world.ledger()).isEqualTo(Map.of(false, world.records()));
    }

    @Test
    void countsFromTheArchiveWhileTheSpeedJobStandsStill() {
        World world = world();
        world.archive();

        Published published = world.job().run(world.positions(), Extent.TOUCHED_DAYS);

        assertThat(published.generation().cut()).isEqualTo(world.positions());
        assertThat(world.messages).anyMatch(message -> message.contains("the speed job is behind"));
        assertRight(world);
    }

    @Test
    void doesNotWaitForRecordsOfATopicThatIsGone() {
        World world = world();
        world.count().archive();
        Positions asked = world.positions().withOtherTopics(Positions.of("a former topic", Map.of(0, 7L)));

        Published published = world.job().run(asked, Extent.TOUCHED_DAYS);

        assertThat(published.generation().cut()).isEqualTo(world.positions());
        assertRight(world);
    }

    @Test
    void namesWhatIsLostInEveryGenerationThatCoversIt() {
        Hole lost = new Hole(World.TOPIC_ID, 0, 0, 1);
        World world = new World(Shop.definition(), List.of(lost));
        world.order("a", "2024-03-01T10:00:00Z", "FR", "1").order("b", "2024-03-01T11:00:00Z", "FR", "2");
        world.archive();

        Published published = world.job().run(world.positions(), Extent.TOUCHED_DAYS);

        assertThat(published.generation().holes()).containsExactly(lost);
        world.order("c", "2024-03-02T10:00:00Z", "FR", "3").archive();
        Published next = world.job().run(world.positions(), Extent.TOUCHED_DAYS);
        assertThat(next.generation().holes()).containsExactly(lost);
        assertRight(world);
    }

    @Test
    void publishesAgainWhereNothingWasAdded() {
        World world = world();
        world.count().archive();
        Published first = world.job().run(world.positions(), Extent.TOUCHED_DAYS);

        Published second = world.job().run(world.positions(), Extent.TOUCHED_DAYS);

        assertThat(second.generation().number()).isEqualTo(2);
        assertThat(second.days()).isZero();
        assertThat(Set.copyOf(sources(world, second, "daily").values()))
                .containsExactly(first.generation().part());
        assertRight(world);
        assertGoldShows(world, second);
    }

    @Test
    void putsAnEarlierGenerationBackInForceWithoutLosingARecord() {
        World world = world();
        world.count().archive();
        Published first = world.job().run(world.positions(), Extent.TOUCHED_DAYS);
        world.order("x", "2024-03-05T10:00:00Z", "FR", "2").count().archive();
        world.job().run(world.positions(), Extent.TOUCHED_DAYS);
        world.order("y", "2024-03-05T10:00:00Z", "FR", "3").count().archive();

        new RollbackJob(world.context(), world.restating())
                .run(first.generation().number());

        assertThat(world.manifest().generation().number())
                .isEqualTo(first.generation().number());
        assertRight(world);
        assertThat(world.restatements.last())
                .matches(told -> told.occasion().equals("rollback") && told.restatements() == 0);

        Published third = world.job().run(world.positions(), Extent.TOUCHED_DAYS);
        assertThat(third.generation().number()).isEqualTo(3);
        assertRight(world);
        assertGoldShows(world, third);
    }

    @Test
    void leavesAGenerationThatIsInForceWhereItIs() {
        World world = world().count().archive();
        Published first = world.job().run(world.positions(), Extent.TOUCHED_DAYS);
        Manifest before = world.manifest();

        new RollbackJob(world.context(), world.restating())
                .run(first.generation().number());

        assertThat(world.manifest()).isEqualTo(before);
    }

    @Test
    void leavesNothingBehindWhereItIsCancelledBeforeItPublishes() {
        World world = world().count().archive();
        Manifest before = world.manifest();
        world.beforePublishing = () -> {
            throw new Monitor.Cancelled();
        };

        assertThatThrownBy(() -> world.job().run(world.positions(), Extent.TOUCHED_DAYS))
                .isInstanceOf(Monitor.Cancelled.class);

        assertThat(world.manifest().generation()).isEqualTo(before.generation());
        assertThat(world.manifest().pins()).isEmpty();
        assertThat(world.restatements.summaries).isEmpty();
    }

    private static World world() {
        World world = new World(Shop.definition());
        for (int i = 0; i < 120; i++) {
            String country = i % 7 == 0 ? null : i % 2 == 0 ? "FR" : "DE";
            world.order("o" + i % 50, "2024-03-%02dT%02d:30:00Z".formatted(1 + i % 31, i % 24), country, i + ".25");
        }
        return world.record("not JSON").record("{\"id\":\"no time\"}");
    }

    private static void assertRight(World world) {
        for (String rollup : ROLLUPS) {
            assertThat(world.stored(rollup)).as(rollup).isEqualTo(world.expected(rollup));
        }
        assertThat(world.ledger().values().stream().mapToLong(count -> count).sum())
                .isEqualTo(world.records());
    }

    private static void assertGoldShows(World world, Published published) {
        for (String rollup : ROLLUPS) {
            Dataset<Row> gold = Local.SPARK.read().format("delta").load(world.lake.goldUri(rollup));
            assertThat(gold.count()).isEqualTo(world.expected(rollup).size());
            long orders = gold.selectExpr("sum(orders)").head().getLong(0);
            assertThat(orders)
                    .isEqualTo(world.expected(rollup).values().stream()
                            .mapToLong(values -> (Long) values.get("orders"))
                            .sum());
            assertThat(gold.selectExpr("max(_generation)").head().getLong(0))
                    .isLessThanOrEqualTo(published.generation().number());
        }
    }

    private static Map<Integer, String> sources(World world, Published published, String rollup) {
        return World.VIEWS.index(world.model(), published.generation().part()).toCompletableFuture().join().stream()
                .filter(day -> day.view().equals(rollup))
                .collect(Collectors.toMap(PartDay::day, PartDay::source));
    }

    private static int day(String date) {
        return Math.toIntExact(LocalDate.parse(date).toEpochDay());
    }
}
