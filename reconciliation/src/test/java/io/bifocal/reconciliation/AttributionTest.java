package io.bifocal.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.model.Definition;
import io.bifocal.core.oracle.Oracle;
import io.bifocal.core.oracle.Oracle.Group;
import io.bifocal.core.oracle.PlainEvent;
import io.bifocal.core.oracle.SampleShop;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Restatement.Contribution;
import io.bifocal.core.view.PartialsBuilder;
import io.bifocal.core.view.RowCodec;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.reconciliation.Attribution.Occasion;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttributionTest {
    private static final Definition SHOP = SampleShop.definition();
    private static final Instant LONG_AFTER = Instant.parse("2011-01-01T00:00:00Z");
    private static final Occasion NIGHT = new Occasion(SHOP, SHOP, Cause.UNEXPLAINED, LONG_AFTER);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void explainsEveryChangeThatDuplicatesEstimatesAndLateEventsMake(long seed) {
        Random random = new Random(seed);
        List<PlainEvent> base = SampleShop.events(random, 300, 0, 0, 2);
        List<PlainEvent> added = SampleShop.events(random, 1 + random.nextInt(300), 0, 300, 3);
        // What the generation had counted of some events turns out not to be their first record.
        List<PlainEvent> superseded = base.subList(0, random.nextInt(40));
        List<PlainEvent> exact = join(base.subList(superseded.size(), base.size()), added);
        List<PlainEvent> duplicates = new ArrayList<>(superseded);
        List<PlainEvent> counted = new ArrayList<>(added);
        for (int i = random.nextInt(80); i > 0; i--) {
            List<PlainEvent> from = random.nextBoolean() ? base : added;
            PlainEvent again = from.get(random.nextInt(from.size()));
            duplicates.add(again);
            if (random.nextBoolean()) {
                counted.add(again); // Else one task saw both, and counted one.
            }
        }
        for (String rollup : Attribution.comparable(SHOP, SHOP)) {
            Cells cells = new Cells(rollup)
                    .add(Side.BASE, rows(base, rollup, false))
                    .add(Side.LIVE, rows(counted, rollup, true))
                    .add(Side.DUPLICATES, rows(duplicates, rollup, false))
                    .add(Side.AFTER, rows(exact, rollup, false));

            Map<Group, Map<String, Object>> before = oracle(join(base, counted), rollup);
            Map<Group, Map<String, Object>> after = oracle(exact, rollup);
            cells.outcomes(NIGHT).forEach((group, outcome) -> {
                assertSums(outcome.served());
                assertSums(outcome.exact());
                Set<String> moved = new HashSet<>();
                for (Move move : outcome.served()) {
                    moved.add(move.metric());
                    assertThat(Numbers.same(move.after(), value(after, group, move.metric())))
                            .as("%s", move)
                            .isTrue();
                    assertThat(move.hasCause(Cause.UNEXPLAINED)).as("%s", move).isFalse();
                    if (!move.hasCause(Cause.ESTIMATE_REPLACED)) {
                        assertThat(Numbers.same(move.before(), value(before, group, move.metric())))
                                .as("%s", move)
                                .isTrue();
                    }
                }
                after.getOrDefault(group, Map.of()).forEach((metric, value) -> {
                    if (!moved.contains(metric)) {
                        assertThat(Numbers.same(value, before.get(group).get(metric)))
                                .as(metric)
                                .isTrue();
                    }
                });
                assertThat(outcome.exact()).allMatch(move -> move.hasCause(Cause.LATE_EVENTS));
            });
        }
    }

    @Test
    void explainsNothingOfARowThatWasRemoved() {
        List<PlainEvent> base = SampleShop.events(new Random(1), 50, 0, 0, 1);
        List<PlainEvent> added = SampleShop.events(new Random(2), 50, 0, 50, 1);
        List<ViewRow> live = rows(added, "hours", true);
        ViewRow gone = live.remove(7);
        Cells cells = new Cells("hours")
                .add(Side.BASE, rows(base, "hours", false))
                .add(Side.LIVE, live)
                .add(Side.AFTER, rows(join(base, added), "hours", false));

        cells.outcomes(NIGHT).forEach((group, outcome) -> {
            assertSums(outcome.served());
            boolean tampered = group.equals(group("hours", gone));
            assertThat(outcome.served().stream().anyMatch(move -> move.metric().equals("orders")))
                    .isEqualTo(tampered);
            assertThat(outcome.served()).allMatch(move -> move.causes()
                    .equals(List.of(new Contribution(
                            Cause.UNEXPLAINED, move.causes().get(0).delta()))));
        });
    }

    @Test
    void believesASketchAtItsWorst() {
        double worst = 0;
        for (int seed = 0; seed < 20; seed++) {
            List<PlainEvent> events = buyers(seed, 2_000 + seed * 200);
            Cells cells = new Cells("days")
                    .add(Side.LIVE, rows(events, "days", true))
                    .add(Side.AFTER, rows(events, "days", false));
            for (Attribution.Outcome outcome : cells.outcomes(NIGHT).values()) {
                for (Move move : outcome.served()) {
                    assertThat(move.causes()).allMatch(each -> each.cause() == Cause.ESTIMATE_REPLACED);
                    double truth = Numbers.exact(move.after()).doubleValue();
                    worst = Math.max(
                            worst, Math.abs(Numbers.exact(move.before()).doubleValue() - truth) / truth);
                }
            }
        }
        assertThat(worst).isBetween(0.001, 0.04);
    }

    @Test
    void doubtsASketchThatIsFurtherOffThanItCanBe() {
        Cells cells = new Cells("days")
                .add(Side.LIVE, rows(buyers(1, 2_000), "days", true))
                .add(Side.AFTER, rows(buyers(1, 1_000), "days", false));

        assertThat(cells.outcomes(NIGHT).values().stream()
                        .flatMap(outcome -> outcome.served().stream())
                        .filter(move -> move.metric().equals("customers")))
                .isNotEmpty()
                .allMatch(move -> move.hasCause(Cause.UNEXPLAINED));
    }

    @Test
    void namesWhatThePublicationWasMadeFor() {
        List<PlainEvent> all = SampleShop.events(new Random(1), 50, 0, 0, 1);
        Cells cells = new Cells("days")
                .add(Side.BASE, rows(all, "days", false))
                .add(Side.AFTER, rows(all.subList(0, 30), "days", false));

        assertThat(cells.outcomes(new Occasion(SHOP, SHOP, Cause.ERASURE, LONG_AFTER)).values().stream()
                        .flatMap(outcome -> outcome.served().stream()))
                .isNotEmpty()
                .allMatch(move -> move.hasCause(Cause.ERASURE) && move.causes().size() == 1);
    }

    @Test
    void leadsFromWhatWasExactToWhatWasServedAndFromThereToWhatIs() {
        List<PlainEvent> base = SampleShop.events(new Random(1), 50, 0, 0, 1);
        List<PlainEvent> late = SampleShop.events(new Random(2), 50, 0, 50, 1);
        Cells cells = new Cells("days")
                .add(Side.BASE, rows(base, "days", false))
                .add(Side.LIVE, rows(late, "days", true))
                .add(Side.AFTER, rows(join(base.subList(0, 30), late), "days", false));
        Map<Group, Map<String, Object>> served = oracle(join(base, late), "days");

        cells.outcomes(new Occasion(SHOP, SHOP, Cause.ERASURE, LONG_AFTER)).forEach((group, outcome) -> {
            assertSums(outcome.exact());
            assertSums(outcome.served());
            Optional<Move> erased = outcome.served().stream()
                    .filter(move -> move.metric().equals("orders"))
                    .findFirst();
            Move first = outcome.exact().stream()
                    .filter(move -> move.metric().equals("orders"))
                    .findFirst()
                    .orElseThrow();
            assertThat(first.hasCause(Cause.LATE_EVENTS)).isTrue();
            assertThat(first.after()).isEqualTo(served.get(group).get("orders"));
            assertThat(erased).isPresent().get().matches(move -> move.before().equals(first.after()));
        });
    }

    @Test
    void excusesACellThatFillsAHoleAndNoOther() {
        List<PlainEvent> filled = SampleShop.events(new Random(1), 5, 0, 0, 1);
        List<PlainEvent> missing = SampleShop.events(new Random(2), 5, 0, 5, 1);
        Cells cells = new Cells("hours")
                .add(Side.FILLED, rows(filled, "hours", false))
                .add(Side.AFTER, rows(join(filled, missing), "hours", false));
        Set<Group> excused = oracle(filled, "hours").keySet();

        cells.outcomes(NIGHT).forEach((group, outcome) -> assertThat(outcome.served())
                .isNotEmpty()
                .allMatch(move -> move.hasCause(excused.contains(group) ? Cause.LATE_EVENTS : Cause.UNEXPLAINED)));
        assertThat(excused)
                .hasSizeLessThan(oracle(join(filled, missing), "hours").size());
    }

    private static List<PlainEvent> buyers(int seed, int count) {
        List<PlainEvent> events = new ArrayList<>();
        PlainEvent one = SampleShop.events(new Random(1), 1, 0, 0, 1).get(0);
        for (int i = 0; i < count; i++) {
            Map<String, Object> inputs = new HashMap<>(one.inputs());
            inputs.put("customers", seed + "-" + i);
            inputs.put("customers_approx", seed + "-" + i);
            events.add(new PlainEvent(one.time(), 0, i, List.of(), one.dimensions(), inputs));
        }
        return events;
    }

    private static void assertSums(List<Move> moves) {
        for (Move move : moves) {
            BigDecimal sum = Numbers.exact(move.before());
            for (Contribution each : move.causes()) {
                sum = sum.add(each.delta());
            }
            assertThat(sum).as("%s", move).isEqualByComparingTo(Numbers.exact(move.after()));
        }
    }

    private static Object value(Map<Group, Map<String, Object>> values, Group group, String metric) {
        return values.getOrDefault(group, Map.of()).get(metric);
    }

    private static Map<Group, Map<String, Object>> oracle(List<PlainEvent> events, String rollup) {
        View view = View.of(SHOP, rollup);
        return new Oracle(SHOP).answer(events, view.dimensions(), Optional.of(view.grid()));
    }

    private static List<PlainEvent> join(List<PlainEvent> left, List<PlainEvent> right) {
        return Stream.concat(left.stream(), right.stream()).toList();
    }

    private static List<ViewRow> rows(List<PlainEvent> events, String rollup, boolean compact) {
        PartialsBuilder builder = new PartialsBuilder(SHOP);
        SampleShop.addTo(builder, events);
        return new ArrayList<>(builder.drain(compact, 0, 0).stream()
                .filter(row -> row.view().equals(rollup))
                .toList());
    }

    private static Group group(String rollup, ViewRow row) {
        return new Group(
                row.bucket(),
                Arrays.asList(RowCodec.decodeKey(View.of(SHOP, rollup).dimensionTypes(), row.key())));
    }

    private static final class Cells {
        private final String rollup;
        private final Map<Group, Cell> cells = new HashMap<>();

        Cells(String rollup) {
            this.rollup = rollup;
        }

        Cells add(Side side, List<ViewRow> rows) {
            rows.forEach(row -> cells.computeIfAbsent(group(rollup, row), group -> new Cell(row.bucket(), row.key()))
                    .add(side, row.states()));
            return this;
        }

        Map<Group, Attribution.Outcome> outcomes(Occasion occasion) {
            Attribution attribution = new Attribution(occasion, rollup);
            Map<Group, Attribution.Outcome> outcomes = new HashMap<>();
            cells.forEach((group, cell) -> outcomes.put(group, attribution.of(cell)));
            return outcomes;
        }
    }
}
