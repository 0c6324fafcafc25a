package io.bifocal.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Drift;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.reconciliation.Restatement;
import io.bifocal.core.reconciliation.Restatement.Contribution;
import io.bifocal.core.view.RowCodec;
import io.bifocal.core.view.ViewRow;
import io.bifocal.spark.CompiledDefinition;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RestatingTest {
    private static final String HOUR = "2024-03-01T10:00:00Z";

    @Test
    void restatesNothingOnCleanDays() {
        World world = new World(Shop.definition("id"));
        world.order("a", "2024-03-01T10:10:00Z", "FR", "1.50").order("b", "2024-03-01T11:10:00Z", "DE", "2");
        publish(world.count().archive());
        assertThat(world.restatements.last().drift())
                .isNotEmpty()
                .allMatch(drift -> drift.cells() > 0 && drift.smape() == 0 && drift.absolute() == 0);

        world.order("c", "2024-03-03T10:10:00Z", "FR", "3").order("d", "2024-03-03T10:20:00Z", "FR", "4");
        publish(world.count().archive());
        publish(world);

        assertThat(world.restatements.moves).isEmpty();
        assertThat(world.restatements.summaries)
                .hasSize(3)
                .allMatch(summary ->
                        summary.restatements() == 0 && summary.fault().isEmpty());
    }

    @Test
    void tellsDuplicatesFromEventsThatCameLate() {
        World world = new World(Shop.definition("id"));
        world.order("a", HOUR, "FR", "1").order("b", HOUR, "FR", "2").order("z", HOUR, "DE", "9");
        publish(world.count().archive());

        // One was published already; one is late, and comes twice; one comes twice in one micro-batch, which counts it
        // once.
        world.order("a", HOUR, "FR", "1").order("late", HOUR, "FR", "4").count();
        world.order("late", HOUR, "FR", "4").order("y", HOUR, "IT", "5").order("y", HOUR, "IT", "5");
        var served = world.count().stored("by_country");
        publish(world.archive());

        assertSound(world);
        assertThat(world.stored("by_country")).isEqualTo(world.expected("by_country"));
        assertThat(served).isNotEqualTo(world.expected("by_country"));
        assertThat(texts(world, "by_country", Cause.DUPLICATES_REMOVED))
                .containsExactlyInAnyOrder(
                        "orders FR 5 -> 3 [duplicates_removed -2]",
                        "revenue FR 12.00 -> 7.00 [duplicates_removed -5.00]");
        assertThat(texts(world, "by_country", Cause.LATE_EVENTS))
                .containsExactlyInAnyOrder(
                        "orders FR 2 -> 3 [late_events 1]",
                        "revenue FR 3.00 -> 7.00 [late_events 4.00]",
                        "buyers FR 2 -> 3 [late_events 1]",
                        "largest FR 2.00 -> 4.00 [late_events 2.00]");
        assertThat(world.restatements.last().unexplained()).isZero();
        assertThat(drift(world, "by_country", "orders"))
                .matches(drift -> drift.duplicated() == 1 && drift.different() == 0 && drift.absolute() == 2);
    }

    /** What ends a process ends a test by. */
    private static final class Died extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void tellsWhatAProcessThatDiedHadPublished() {
        World world = new World(Shop.definition("id"));
        publish(world.order("a", HOUR, "FR", "1").count().archive());
        world.order("a", HOUR, "FR", "1").order("late", HOUR, "FR", "4").count().archive();
        world.restatements.beforeSummary = () -> {
            throw new Died();
        };
        assertThatThrownBy(() -> publish(world)).isInstanceOf(Died.class);
        world.restatements.beforeSummary = () -> {};
        assertThat(world.restatements.summaries).hasSize(1);

        world.restating().tellWhatIsUntold();

        assertSound(world);
        assertThat(world.restatements.summaries).hasSize(2);
        assertThat(world.restatements.last().generation())
                .isEqualTo(world.manifest().generation().number());
        assertThat(texts(world, "by_country", Cause.DUPLICATES_REMOVED))
                .contains("orders FR 3 -> 2 [duplicates_removed -1]");
        assertThat(texts(world, "by_country", Cause.LATE_EVENTS)).contains("orders FR 1 -> 2 [late_events 1]");
        assertThat(Local.SPARK
                        .read()
                        .format("delta")
                        .load(world.lake.restatementsUri())
                        .count())
                .isEqualTo(world.restatements.last().restatements());
        world.restating().tellWhatIsUntold();
        assertThat(world.restatements.summaries).hasSize(2);
    }

    @Test
    void tellsNothingOfWhatWasNotPublished() {
        World world = new World(Shop.definition("id"));
        publish(world.order("a", HOUR, "FR", "1").count().archive());
        world.order("late", HOUR, "FR", "4").count().archive();
        world.beforePublishing = () -> {
            throw new Died();
        };
        assertThatThrownBy(() -> publish(world)).isInstanceOf(Died.class);

        world.restating().tellWhatIsUntold();

        assertThat(world.restatements.summaries).hasSize(1);
        assertThat(new Untold(world.lake).parts()).isEmpty();
    }

    private enum Fault {
        REMOVED("orders FR 1 -> 2 [unexplained 1]"),
        DOUBLED("orders FR 3 -> 2 [unexplained -1]"),
        ALTERED("orders FR 9 -> 2 [unexplained -7]"),
        WRONG_DEFINITION("revenue FR 4.00 -> 3.00 [unexplained -1.00]");

        private final String found;

        Fault(String found) {
            this.found = found;
        }
    }

    @ParameterizedTest
    @EnumSource
    void namesWhatNothingExplainsAndRepairsIt(Fault fault) {
        World world = new World(Shop.definition());
        world.order("a", HOUR, "FR", "2").order("c", HOUR, "DE", "3");
        publish(world.count().archive());
        world.order("b", HOUR, "FR", "1");
        if (fault == Fault.WRONG_DEFINITION) {
            world.count(CompiledDefinition.of(doubling(world.definition)));
        } else {
            world.count().tamper(rows -> hand(fault, world, rows));
        }

        publish(world.archive());

        assertSound(world);
        assertThat(texts(world, "by_country", Cause.UNEXPLAINED)).contains(fault.found);
        assertThat(world.restatements.of(Cause.UNEXPLAINED))
                .allMatch(move -> move.rollup().equals(fault == Fault.WRONG_DEFINITION ? move.rollup() : "by_country"));
        assertThat(drift(world, "by_country", fault == Fault.WRONG_DEFINITION ? "revenue" : "orders")
                        .different())
                .isEqualTo(1);
        assertThat(world.stored("by_country")).isEqualTo(world.expected("by_country"));
        publish(world);
        assertThat(world.restatements.last().restatements()).isZero();
    }

    @Test
    void tellsErasureFromDuplicates() {
        World world = new World(Shop.definition("id"));
        for (int i = 0; i < 10; i++) {
            world.order(i < 3 ? "gone" : "o" + i, "2024-03-01T10:0%d:00Z".formatted(i), "FR", "1");
        }
        publish(world.count().archive());
        world.order("late", HOUR, "FR", "1")
                .order("later", HOUR, "FR", "1")
                .count()
                .archive();
        world.lake
                .archive()
                .erase(
                        new Erasure(world.compiled, ErasedValue.of(world.definition.model(), "id", "gone"))
                                .positions(world.lake.archive().newest()),
                        EraseJob.REASON + " by job 1");

        world.job().run(world.positions(), Extent.ALL_DAYS, Optional.of(Cause.ERASURE));

        assertSound(world);
        assertThat(texts(world, "by_country", Cause.ERASURE))
                .containsExactlyInAnyOrder(
                        "orders FR 12 -> 9 [erasure -3]",
                        "revenue FR 12.00 -> 9.00 [erasure -3.00]",
                        "buyers FR 10 -> 9 [erasure -1]");
        assertThat(world.restatements.of(Cause.DUPLICATES_REMOVED)).isEmpty();
    }

    @Test
    void doubtsAGenerationsRowAlthoughEventsCameForItsCell() {
        World world = new World(Shop.definition("id"));
        world.order("a", HOUR, "FR", "1").order("b", HOUR, "FR", "1");
        publish(world.count().archive());
        world.tamper(world.manifest().generation().part(), rows -> hand(Fault.ALTERED, world, rows));

        publish(world.order("c", HOUR, "FR", "1").count().archive());

        assertSound(world);
        assertThat(texts(world, "by_country", Cause.UNEXPLAINED)).contains("orders FR 10 -> 3 [unexplained -7]");
        assertThat(world.restatements.of(Cause.DUPLICATES_REMOVED)).isEmpty();
    }

    @Test
    void takesNoSketchsNoiseForDuplicates() {
        World world = new World(withDistinctSketch(Shop.definition("id")));
        for (int i = 0; i < 3_000; i++) {
            world.order("buyer" + i, HOUR, "FR", "1");
        }
        publish(world.count().archive());
        for (int i = 3_000; i < 3_500; i++) {
            world.order("buyer" + i, HOUR, "FR", "1");
        }
        world.count().tamper(rows -> rows.stream()
                .map(row -> row.view().equals("by_country")
                        ? altered(world, row, "revenue", new BigDecimal("7.00"), 1)
                        : row)
                .toList());

        publish(world.archive());

        assertSound(world);
        assertThat(texts(world, "by_country", Cause.UNEXPLAINED))
                .containsExactly("revenue FR 3507.00 -> 3500.00 [unexplained -7.00]");
        assertThat(world.restatements.of(Cause.DUPLICATES_REMOVED)).isEmpty();
        assertThat(texts(world, "by_country", Cause.ESTIMATE_REPLACED)).anyMatch(text -> text.startsWith("about"));
    }

    @Test
    void findsADuplicateInTheCellThatItLeaves() {
        World world = new World(Shop.definition("id"));
        world.order("z", HOUR, "IT", "1").order("a", HOUR, "FR", "1");
        publish(world.count().archive());

        // The other partition's record comes first by position.
        publish(world.order("a", HOUR, "DE", "2").count().archive());

        assertSound(world);
        assertThat(world.stored("by_country")).isEqualTo(world.expected("by_country"));
        assertThat(texts(world, "by_country", Cause.DUPLICATES_REMOVED))
                .contains(
                        "orders FR 1 -> null [duplicates_removed -1]",
                        "revenue FR 1.00 -> null [duplicates_removed -1.00]");
        assertThat(texts(world, "daily", Cause.DUPLICATES_REMOVED)).contains("orders  3 -> 2 [duplicates_removed -1]");
        assertThat(world.restatements.last().unexplained()).isZero();
    }

    @Test
    void doubtsWhatDuplicatesCannotHaveMade() {
        World world = new World(Shop.definition("id"));
        world.order("a", HOUR, "FR", "1").order("b", HOUR, "FR", "1");
        publish(world.count().archive());
        world.order("a", HOUR, "FR", "1").count().tamper(rows -> hand(Fault.ALTERED, world, rows));

        publish(world.archive());

        assertSound(world);
        assertThat(texts(world, "by_country", Cause.UNEXPLAINED))
                .containsExactly("orders FR 10 -> 2 [unexplained -7, duplicates_removed -1]");
    }

    @Test
    void excusesOnlyWhatFillsAHole() {
        World world = new World(Shop.definition("id"));
        world.order("a", HOUR, "FR", "1").lose();
        world.order("b", HOUR, "DE", "1").count().tamper(rows -> hand(Fault.ALTERED, world, rows));

        publish(world.archive());

        assertSound(world);
        assertThat(texts(world, "by_country", Cause.LATE_EVENTS)).contains("orders FR null -> 1 [late_events 1]");
        assertThat(texts(world, "by_country", Cause.UNEXPLAINED)).containsExactly("orders DE 8 -> 1 [unexplained -7]");
        assertThat(texts(world, "daily", Cause.LATE_EVENTS)).contains("orders  1 -> 2 [late_events 1]");
    }

    @Test
    void reconcilesLiveViewsBeforeTheNight() {
        World world = new World(Shop.definition("id"));
        world.order("a", HOUR, "FR", "2");
        publish(world.count().archive());
        world.order("b", HOUR, "FR", "1").count();
        world.order("b", HOUR, "FR", "1").order("c", HOUR, "DE", "1").count();
        world.tamper(
                rows -> rows.stream().filter(row -> !row.view().equals("daily")).toList());
        world.archive();

        Reconciliation found = reconcile(world);

        assertSound(world);
        assertThat(found.occasion()).isEqualTo("reconcile");
        assertThat(world.stored("by_country")).isEqualTo(world.expected("by_country"));
        assertThat(world.stored("daily")).isEqualTo(world.expected("daily"));
        assertThat(texts(world, "by_country", Cause.DUPLICATES_REMOVED))
                .contains("orders FR 3 -> 2 [duplicates_removed -1]");
        assertThat(texts(world, "daily", Cause.UNEXPLAINED)).contains("orders  1 -> 3 [unexplained 2]");
        assertThat(world.manifest().generation().number()).isEqualTo(1);
        Reconciliation nothing = reconcile(world);
        assertThat(nothing.restatements()).isZero();
        assertThat(world.restatements.last()).isEqualTo(nothing);

        world.order("d", HOUR, "IT", "1").count().archive();
        assertThat(world.stored("daily")).isEqualTo(world.expected("daily"));
        publish(world);
        assertThat(world.restatements.last().unexplained()).isZero();
        assertThat(world.restatements.of(Cause.LATE_EVENTS)).isNotEmpty();
    }

    private static Reconciliation reconcile(World world) {
        return new ReconcileJob(world.context(), world.restating()).run(world.positions());
    }

    @Test
    void measuresAlikeFiguresOfSeveralTasks() {
        World world = new World(Shop.definition("id"));
        int days = 12;
        for (int day = 1; day <= days; day++) {
            world.order("o" + day, "2024-03-%02dT10:00:00Z".formatted(day), "FR", "2");
        }
        world.count();
        for (int day = 1; day <= days; day++) {
            world.order("o" + day, "2024-03-%02dT10:00:00Z".formatted(day), "FR", "2");
        }

        publish(world.count().archive());

        for (String rollup : world.rollups()) {
            assertThat(drift(world, rollup, "orders"))
                    .matches(drift -> drift.cells() == days && drift.duplicated() == days && drift.absolute() == days);
        }
    }

    @Test
    void tellsWhatWasLateAlsoWhereSomethingElseIsPublished() {
        World world = new World(Shop.definition());
        world.order("a", HOUR, "FR", "1").order("b", HOUR, "DE", "2");
        publish(world.count().archive());
        world.order("late", HOUR, "FR", "5").count().archive();

        world.job().run(world.positions(), Extent.ALL_DAYS, Optional.of(Cause.ERASURE));

        assertThat(texts(world, "by_country", Cause.LATE_EVENTS)).contains("orders FR 1 -> 2 [late_events 1]");
        assertThat(world.restatements.of(Cause.ERASURE)).isEmpty();
        assertThat(drift(world, "by_country", "orders"))
                .as("live views had a share in one cell")
                .matches(drift -> drift.cells() == 1);
    }

    @Test
    void namesAPartitionThatIsHoursLate() {
        World world = new World(Shop.definition());
        world.order(0, "a", HOUR, "FR", "1").order(0, "b", HOUR, "DE", "2");
        publish(world.count().archive());
        world.order(0, "c", "2024-03-01T16:00:00Z", "FR", "1");
        publish(world.count().archive());

        world.order(1, "d", HOUR, "FR", "4").order(1, "e", HOUR, "FR", "8").count();
        assertThat(world.stored("by_country")).as("late is not too late").isEqualTo(world.expected("by_country"));
        publish(world.archive());

        assertSound(world);
        assertThat(texts(world, "by_country", Cause.LATE_EVENTS))
                .containsExactlyInAnyOrder(
                        "orders FR 1 -> 3 [late_events 2]",
                        "revenue FR 1.00 -> 13.00 [late_events 12.00]",
                        "buyers FR 1 -> 3 [late_events 2]",
                        "largest FR 1.00 -> 8.00 [late_events 7.00]");
        assertThat(world.restatements.last().unexplained()).isZero();
        assertThat(drift(world, "by_country", "orders")).matches(drift -> drift.cells() > 0 && drift.absolute() == 0);
    }

    /** Of two hundred sets of buyers the one of which the sketch is farthest off. */
    @Test
    void takesASketchAtItsWorstForASketch() {
        World world = new World(Shop.definition());
        int buyers = 3_000;
        int worst = IntStream.range(0, 200)
                .boxed()
                .max(Comparator.comparingLong(set -> Math.abs(estimated(world, set, buyers) - buyers)))
                .orElseThrow();
        for (int i = 0; i < buyers; i++) {
            world.order(buyer(worst, i), HOUR, "FR", "1");
        }
        publish(world.count().archive());

        assertSound(world);
        long off = Math.abs(estimated(world, worst, buyers) - buyers);
        System.out.println("a sketch at its worst: off by " + off + " of " + buyers);
        assertThat(off).isGreaterThan(buyers / 100);
        assertThat(texts(world, "by_country", Cause.ESTIMATE_REPLACED)).hasSize(1);
        assertThat(world.restatements.last().unexplained()).isZero();
        assertThat(drift(world, "by_country", "buyers"))
                .matches(drift -> drift.estimated() == 1 && drift.different() == 0 && drift.absolute() == off);
    }

    private static long estimated(World world, int set, int buyers) {
        var aggregates = world.view("by_country").aggregates();
        int index = world.definition.model().simpleMetrics().stream()
                .map(SimpleMetric::name)
                .toList()
                .indexOf("buyers");
        var distinct = RowCodec.at(aggregates, index);
        Object state = distinct.zero();
        for (int i = 0; i < buyers; i++) {
            state = distinct.add(state, buyer(set, i), null);
        }
        return (Long) distinct.result(distinct.compact(state));
    }

    private static String buyer(int set, int number) {
        return "set " + set + " buyer " + number;
    }

    @Test
    void saysHowFarEstimatesWereOff() {
        World world = new World(Shop.definition());
        for (int i = 0; i < 3_000; i++) {
            world.order("buyer" + i, HOUR, "FR", "1");
        }
        publish(world.count().archive());

        assertSound(world);
        assertThat(world.restatements.lastMoves())
                .isNotEmpty()
                .allMatch(move -> move.metric().equals("buyers")
                        && move.after().asLong() == 3_000
                        && move.causes().get(0).cause() == Cause.ESTIMATE_REPLACED
                        && move.causes().size() == 1);
        assertThat(drift(world, "by_country", "buyers"))
                .matches(drift -> drift.estimated() == 1 && drift.smape() < 0.04);
    }

    @Test
    void publishesAlsoWhereItCannotTell() {
        World world = new World(Shop.definition());
        world.order("a", HOUR, "FR", "2").count().tamper(rows -> List.of()).archive();
        RestatementsInMemory told = new RestatementsInMemory();
        RestatementBooks broken = new RestatementBooks() {
            @Override
            public Consumer<List<Restatement>> moves(String model, String reconciliation) {
                return moves -> {
                    throw new IllegalStateException("the books are away");
                };
            }

            @Override
            public void publish(String model, Reconciliation summary) {
                told.publish(model, summary);
            }
        };

        new GenerationJob(
                        world.context(),
                        new Restating(
                                world.lake,
                                world.editor,
                                () -> World.VIEWS,
                                broken,
                                Duration.ofMinutes(2),
                                Clock.systemUTC()))
                .run(world.positions(), Extent.TOUCHED_DAYS);

        assertThat(world.stored("daily")).isEqualTo(world.expected("daily"));
        assertThat(told.last().fault()).contains("the books are away");
    }

    private static void publish(World world) {
        world.job().run(world.positions(), Extent.TOUCHED_DAYS);
    }

    private static List<ViewRow> hand(Fault fault, World world, List<ViewRow> rows) {
        List<ViewRow> changed = new ArrayList<>();
        for (ViewRow row : rows) {
            boolean other = !row.view().equals("by_country");
            if (other || fault != Fault.REMOVED) {
                UnaryOperator<ViewRow> alter = fault == Fault.ALTERED && !other
                        ? each -> altered(world, each, "orders", true, 7)
                        : each -> each;
                changed.add(alter.apply(row));
            }
            if (!other && fault == Fault.DOUBLED) {
                changed.add(new ViewRow(
                        row.view(), row.day(), row.shard(), row.bucket(), row.key(), row.batch(), 77, row.states()));
            }
        }
        return changed;
    }

    /** With a value added to a metric some times. */
    private static ViewRow altered(World world, ViewRow row, String metric, Object value, int times) {
        var aggregates = world.view(row.view()).aggregates();
        Object[] states = RowCodec.decodeStates(aggregates, row.states());
        int index = world.definition.model().simpleMetrics().stream()
                .map(SimpleMetric::name)
                .toList()
                .indexOf(metric);
        for (int i = 0; i < times; i++) {
            states[index] = RowCodec.at(aggregates, index).add(states[index], value, null);
        }
        return new ViewRow(
                row.view(),
                row.day(),
                row.shard(),
                row.bucket(),
                row.key(),
                row.batch(),
                row.writer(),
                RowCodec.encodeStates(aggregates, states));
    }

    private static Definition doubling(Definition definition) {
        List<Metric> metrics = definition.model().metrics().stream()
                .map(metric ->
                        metric.name().equals("revenue") ? (Metric) simple("revenue", "sum", "amount * 2") : metric)
                .toList();
        return withMetrics(definition, metrics, definition.inputTypes());
    }

    /** The same, which also estimates its buyers. */
    private static Definition withDistinctSketch(Definition definition) {
        List<Metric> metrics = new ArrayList<>(definition.model().metrics());
        metrics.add(simple("about", "approx_count_distinct", "id"));
        Map<String, ValueType> types = new HashMap<>(definition.inputTypes());
        types.put("about", ValueType.STRING);
        return withMetrics(definition, metrics, types);
    }

    private static SimpleMetric simple(String name, String aggregation, String expr) {
        return new SimpleMetric(name, "", "", aggregation, Optional.of(expr), Optional.empty(), Optional.empty());
    }

    private static Definition withMetrics(Definition definition, List<Metric> metrics, Map<String, ValueType> types) {
        Model model = definition.model();
        return new Definition(
                new Model(
                        model.name(),
                        "",
                        model.source(),
                        model.time(),
                        model.identity(),
                        model.columns(),
                        model.dimensions(),
                        metrics,
                        model.rollups(),
                        List.of(),
                        Optional.empty(),
                        ""),
                definition.dimensionTypes(),
                types);
    }

    /** Of every number that moved: before and its causes are after, and one entry says so of what was served. */
    private static void assertSound(World world) {
        assertThat(world.restatements.moves).allSatisfy(move -> {
            BigDecimal sum = number(move.before());
            for (Contribution cause : move.causes()) {
                sum = sum.add(cause.delta());
            }
            assertThat(sum).isEqualByComparingTo(number(move.after()));
            assertThat(Restatement.of(move.json())).isEqualTo(move);
        });
        assertThat(world.restatements.last().restatements())
                .isEqualTo(world.restatements.lastMoves().size());
        long stored = Local.SPARK
                .read()
                .format("delta")
                .load(world.lake.restatementsUri())
                .count();
        assertThat(stored).isEqualTo(world.restatements.moves.size());
    }

    private static BigDecimal number(JsonNode value) {
        return value.isNull() ? BigDecimal.ZERO : value.decimalValue();
    }

    private static List<String> texts(World world, String rollup, Cause cause) {
        return world.restatements.of(cause).stream()
                .filter(move -> move.rollup().equals(rollup))
                .map(move -> "%s %s %s -> %s %s"
                        .formatted(
                                move.metric(),
                                move.dimensions().path("country").asText(),
                                move.before(),
                                move.after(),
                                move.causes().stream()
                                        .map(each -> each.cause().text() + " "
                                                + each.delta().toPlainString())
                                        .toList()))
                .toList();
    }

    private static Drift drift(World world, String rollup, String metric) {
        return world.restatements.last().drift().stream()
                .filter(drift -> drift.rollup().equals(rollup) && drift.metric().equals(metric))
                .findFirst()
                .orElseThrow();
    }
}
