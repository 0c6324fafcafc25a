package io.bifocal.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.batch.GenerationJob.Published;
import io.bifocal.cassandra.QuarantineStore.Position;
import io.bifocal.core.model.Retention;
import io.bifocal.core.oracle.Oracle.Group;
import io.bifocal.core.view.View;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;

/** A model that keeps four days. */
class RetentionTest {
    private static final List<String> ROLLUPS = List.of("by_country", "daily");
    private static final Retention FOUR_DAYS = new Retention(Optional.of(4), Optional.of(4), Optional.empty());

    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);

    @Test
    void daysThatAreTooOldLeaveViewsAndGoldTablesAndAreNotRestated() {
        World before = new World(Shop.definition());
        orders(before, 40, 20, 10, 2, 1);
        before.count().archive();
        before.job().run(before.positions(), Extent.TOUCHED_DAYS);
        World world =
                before.redefinedAs(Shop.retaining(before.definition, FOUR_DAYS)).rejoin();
        orders(world, 40, 20);
        world.count().archive();

        Published published = world.job().run(world.positions(), Extent.TOUCHED_DAYS);

        assertThat(published.restated().restatements()).isZero();
        assertThat(published.generation().records()).isEqualTo(world.records());
        assertThat(published.generation().retainedFrom()).isPresent();
        assertShowsTheLastDaysAlone(world);
        Map<Object, Long> ledger = world.ledger();

        world.job().run(world.positions(), Extent.ALL_DAYS);
        assertShowsTheLastDaysAlone(world);
        assertThat(world.ledger()).isEqualTo(ledger);
    }

    @Test
    void aNewDefinitionHasNoDaysThatAreTooOld() {
        World before = new World(Shop.definition());
        orders(before, 40, 20, 10, 2, 1);
        before.count().archive();
        before.job().run(before.positions(), Extent.TOUCHED_DAYS);
        World world = before.redefinedAs(Shop.retaining(Shop.doubled(before.definition), FOUR_DAYS));

        BackfillJob.Built built = world.backfill(1).build(world.positions(), Optional.empty());
        assertThat(built.missing()).isEmpty();
        assertThat(built.events()).isEqualTo(2);
        world.rejoin();
        world.backfill(1).promote();

        assertThat(world.stored("by_country")).hasSize(2);
    }

    @Test
    void theArchiveForgetsWhatNoGenerationShows() throws Exception {
        World before = new World(Shop.definition());
        orders(before, 40, 20, 2, 1);
        before.record("{}");
        before.count().archive();
        before.job().run(before.positions(), Extent.TOUCHED_DAYS);
        World world =
                before.redefinedAs(Shop.retaining(before.definition, FOUR_DAYS)).rejoin();
        List<Position> forgotten = new ArrayList<>();
        world.job().run(world.positions(), Extent.TOUCHED_DAYS);
        assertThat(expire(world, forgotten))
                .as("generation 1 can be put back in force")
                .isZero();

        world.keep = 0;
        Published last = world.job().run(world.positions(), Extent.TOUCHED_DAYS);
        assertThat(expire(world, forgotten)).isEqualTo(3);

        assertThat(forgotten).hasSize(1);
        Dataset<Row> archive = world.lake.archive().newest();
        assertThat(archive.count()).as("positions stay").isEqualTo(world.records());
        assertThat(archive.where(functions.col(ArchiveSchema.PAYLOAD).isNotNull())
                        .count())
                .isEqualTo(2);
        assertThat(files(world)).as("those of before are gone").isEqualTo(archive.inputFiles().length);
        assertThat(expire(world, forgotten)).isZero();
        Published full = world.job().run(world.positions(), Extent.ALL_DAYS);
        assertThat(full.generation().records()).isEqualTo(last.generation().records());
        assertThat(full.restated().restatements()).isZero();
        assertThat(world.ledger().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(world.records());
        assertShowsTheLastDaysAlone(world);
    }

    /** Two days from now, when nobody can be writing files any more that are there now. */
    private static long expire(World world, List<Position> forgotten) {
        return new Expiry(world.context(), forgotten::addAll, Clock.offset(Clock.systemUTC(), Duration.ofDays(2)))
                .run();
    }

    private void orders(World world, int... daysAgo) {
        for (int days : daysAgo) {
            world.order("o" + world.records(), today.minusDays(days) + "T10:00:00Z", "FR", "7");
        }
    }

    private void assertShowsTheLastDaysAlone(World world) {
        long first = today.minusDays(6).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
        for (String rollup : ROLLUPS) {
            Map<Group, Map<String, Object>> expected = new HashMap<>(world.expected(rollup));
            expected.keySet().removeIf(group -> group.bucket() < first);
            assertThat(world.stored(rollup)).hasSize(2).isEqualTo(expected);
            assertThat(Local.SPARK
                            .read()
                            .format("delta")
                            .load(world.lake.goldUri(rollup))
                            .count())
                    .isEqualTo(2);
        }
        assertThat(world.context().index(world.manifest().generation().part()))
                .filteredOn(day -> !day.view().equals(View.LEDGER))
                .hasSize(4);
    }

    private static long files(World world) throws Exception {
        try (var all = java.nio.file.Files.walk(
                java.nio.file.Path.of(java.net.URI.create(world.lake.archive().uri())))) {
            return all.filter(file -> file.toString().endsWith(".parquet")
                            && !file.toString().contains("_delta_log"))
                    .count();
        }
    }
}
