package io.bifocal.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.batch.Redefinition.Served;
import io.bifocal.core.cut.Candidate.DayRange;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Part;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.reconciliation.Restatement;
import io.bifocal.core.reconciliation.Restatement.Contribution;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A model whose amounts become whole numbers: another column type, metric and rollup, and other records are malformed. */
class BackfillJobTest {
    private final World world = new World(Shop.definition());
    private final World later = world.redefinedAs(Shop.redefined(world.definition));

    @Test
    void buildsInTheShadowGoesOnWhereOneStoppedAndTakesOverInOneStep() {
        arrivals(world, 0, 90);
        world.count().archive();
        world.job().run(world.positions(), Extent.TOUCHED_DAYS);
        var before = world.stored("by_country");

        Optional<Extent.Range> someDays = Optional.of(days("2024-03-05", "2024-03-12"));
        BackfillJob.Built some = later.backfill(10).build(world.positions(), someDays);
        assertThat(some.missing()).isNotEmpty();
        assertThat(some.candidate().complete()).isFalse();
        assertThat(world.stored("by_country")).isEqualTo(before);
        assertThat(world.manifest().definition()).isEqualTo(DefinitionJson.hash(world.definition));

        int tokyoDays = later.expected("tokyo").size();
        arrivals(world, 90, 100);
        world.count().archive();
        assertThat(later.backfill(10).plan(someDays).chunks())
                .as("what is computed is not planned again")
                .isEmpty();
        assertThat(later.backfill(10).plan(Optional.empty()).chunks()).isNotEmpty();
        BackfillJob.Built rest = later.backfill(10).build(world.positions(), Optional.empty());
        assertThat(rest.candidate().generation()).isEqualTo(some.candidate().generation());
        assertThat(rest.candidate().covered()).hasSize(1);
        assertThat(rest.missing()).isEmpty();
        assertThat(rest.candidate().complete()).isTrue();
        assertThat(later.backfill(10).build(world.positions(), Optional.empty()).computed())
                .as("days, all of which are computed")
                .isZero();
        assertThat(later.backfill(10).plan(Optional.empty()).chunks()).isEmpty();
        assertRight(world);

        Generation promoted = later.backfill(10).promote();

        assertThat(promoted.number()).isEqualTo(2);
        assertThat(world.manifest().chain()).extracting(Part::kind).containsExactly(Part.Kind.ARCHIVE);
        assertThat(world.messages).anyMatch(message -> message.contains("the speed job stands still"));
        assertRight(later);
        assertThat(later.backfill(10).gold(promoted)).isEmpty();
        assertThat(Local.SPARK
                        .read()
                        .format("delta")
                        .load(world.lake.goldUri("tokyo"))
                        .count())
                .as("of the generation, which was cut before the last arrivals")
                .isEqualTo(tokyoDays);

        // What was archived under the earlier definition is read with the later one, touched or not.
        arrivals(later, 100, 110);
        later.rejoin().count().archive();
        assertRight(later);
        later.job().run(world.positions(), Extent.TOUCHED_DAYS);
        assertRight(later);
        later.job().run(world.positions(), Extent.ALL_DAYS);
        assertRight(later);

        rollBack();
    }

    private void rollBack() {
        Generation back = new RollbackJob(world.context(), world.restating()).run(1);

        assertThat(back.number()).isEqualTo(1);
        assertThat(world.manifest().definition()).isEqualTo(DefinitionJson.hash(world.definition));
        assertRight(world);
    }

    @Test
    void tellsWhatTheOtherDefinitionRestated() {
        World doubled = world.redefinedAs(Shop.doubled(world.definition));
        arrivals(world, 0, 30);
        world.count().archive();
        Generation before =
                world.job().run(world.positions(), Extent.TOUCHED_DAYS).generation();
        arrivals(world, 30, 36);
        world.count().archive();
        doubled.backfill(1000).build(world.positions(), Optional.empty());
        arrivals(world, 36, 40);
        world.count().archive();
        Generation promoted = doubled.backfill(1000).promote();

        Reconciliation told = tell(world, before, doubled, promoted);

        assertThat(told.fault()).isEmpty();
        assertThat(told.causes()).containsOnlyKeys(Cause.DEFINITION_CHANGED.text(), Cause.LATE_EVENTS.text());
        assertThat(told.causes().get(Cause.DEFINITION_CHANGED.text()))
                .isEqualTo(moving(world, "by_country") + moving(world, "daily"))
                .isPositive();
        assertThat(world.restatements.lastMoves()).hasSize((int) told.restatements());
        assertThat(world.restatements.of(Cause.DEFINITION_CHANGED)).allSatisfy(move -> {
            assertThat(move.metric()).isEqualTo("revenue");
            assertThat(move.after().decimalValue())
                    .isEqualByComparingTo(move.before().decimalValue().multiply(BigDecimal.valueOf(2)));
        });
        assertThat(world.restatements.of(Cause.LATE_EVENTS))
                .as("what came for days that had been exact, and what it made of them before they meant something else")
                .anySatisfy(late -> assertThat(world.restatements.of(Cause.DEFINITION_CHANGED))
                        .anyMatch(next -> next.metric().equals(late.metric())
                                && next.rollup().equals(late.rollup())
                                && next.bucket().equals(late.bucket())
                                && next.before().equals(late.after())));
    }

    @Test
    void doesNotPutDownToTheOtherDefinitionWhatDuplicatesDid() {
        World twice = new World(Shop.definition("id", "at"));
        World doubled = twice.redefinedAs(Shop.doubled(twice.definition));
        arrivals(twice, 0, 30);
        twice.count().archive();
        Generation before =
                twice.job().run(twice.positions(), Extent.TOUCHED_DAYS).generation();
        arrivals(twice, 30, 36);
        arrivals(twice, 20, 34);
        twice.count().archive();
        doubled.backfill(1000).build(twice.positions(), Optional.empty());

        Reconciliation told =
                tell(twice, before, doubled, doubled.backfill(1000).promote());

        assertThat(told.fault()).isEmpty();
        List<Restatement> late = twice.restatements.of(Cause.LATE_EVENTS);
        assertThat(late).isNotEmpty();
        assertThat(twice.restatements.lastMoves())
                .filteredOn(move -> move.metric().equals("orders") && !late.contains(move))
                .hasSizeGreaterThanOrEqualTo(14)
                .allSatisfy(move -> assertThat(move.causes())
                        .extracting(Contribution::cause)
                        .containsExactly(Cause.DUPLICATES_REMOVED));
        assertThat(twice.restatements.lastMoves())
                .filteredOn(move -> move.metric().equals("revenue") && !late.contains(move))
                .isNotEmpty()
                .allSatisfy(move -> assertThat(move.causes())
                        .extracting(Contribution::cause)
                        .containsExactly(Cause.DEFINITION_CHANGED));
    }

    private static Reconciliation tell(World world, Generation before, World redefined, Generation promoted) {
        return new Redefinition(world.lake, () -> World.VIEWS, world.restating())
                .tell(
                        new Served(world.definition, before),
                        new Served(redefined.definition, promoted),
                        "promotion",
                        Cause.DEFINITION_CHANGED);
    }

    /** Buckets with revenue. */
    private static long moving(World world, String rollup) {
        return world.expected(rollup).values().stream()
                .filter(values -> values.get("revenue") instanceof BigDecimal revenue && revenue.signum() != 0)
                .count();
    }

    @Test
    void dividesDaysIntoChunksThatLeaveNoneOut() {
        world.order("a", "2024-03-01T23:30:00Z", "FR", "1")
                .order("b", "2024-03-02T10:00:00Z", "FR", "2")
                .order("c", "2024-03-09T10:00:00Z", "FR", "3")
                .order("d", "2024-03-10T10:00:00Z", "FR", "4");
        world.archive();
        EventDays days = world.backfill(1).plan(Optional.empty()).days();
        int first = 19783;
        assertThat(days.chunks(2, Optional.empty()))
                .extracting(EventDays.Chunk::days)
                .containsExactly(new DayRange(first - 1, first + 2), new DayRange(first + 2, first + 11));
        assertThat(days.chunks(100, Optional.of(days("2024-03-02", "2024-03-09"))))
                .containsExactly(new EventDays.Chunk(new DayRange(first + 1, first + 8), 1));
        assertThat(days.chunks(100, Optional.of(days("2000-01-01", "2030-01-01"))))
                .containsExactly(new EventDays.Chunk(days.all(), 4));
    }

    private static void arrivals(World world, int from, int to) {
        for (int i = from; i < to; i++) {
            String country = i % 7 == 0 ? null : i % 2 == 0 ? "FR" : "DE";
            String amount = i % 5 == 0 ? i + ".25" : Integer.toString(i);
            world.order("o" + i % 50, "2024-03-%02dT%02d:30:00Z".formatted(1 + i % 31, i % 24), country, amount);
            if (i % 9 == 0) {
                // Another time, malformed under the one definition or under both.
                world.record("{\"id\":\"x%d\",\"at\":\"never\",\"amount\":\"1\"}".formatted(i));
            }
        }
    }

    private static Extent.Range days(String from, String to) {
        return new Extent.Range(Instant.parse(from + "T00:00:00Z"), Instant.parse(to + "T00:00:00Z"));
    }

    private static void assertRight(World world) {
        for (String rollup : world.rollups()) {
            assertThat(world.stored(rollup)).as(rollup).isEqualTo(world.expected(rollup));
        }
        assertThat(world.ledger().values().stream().mapToLong(count -> count).sum())
                .isEqualTo(world.counted());
        assertThat(world.ledger().getOrDefault(true, 0L)).isEqualTo(world.malformed());
    }
}
