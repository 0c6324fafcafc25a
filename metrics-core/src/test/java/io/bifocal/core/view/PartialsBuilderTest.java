package io.bifocal.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.aggregate.Aggregate.Bounds;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.oracle.Oracle;
import io.bifocal.core.oracle.Oracle.Group;
import io.bifocal.core.oracle.PlainEvent;
import io.bifocal.core.oracle.SampleShop;
import io.bifocal.core.oracle.StoredAnswer;
import io.bifocal.core.oracle.StoredAnswer.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PartialsBuilderTest {
    private static final long SEED = 42;
    private static final int MANY = 9_000;

    private final Definition definition = SampleShop.definition();
    private final List<PlainEvent> events = SampleShop.events(new Random(SEED), MANY, 0, 0, 3);

    @Test
    void agreesWithTheOracleWhateverTheSplit() {
        PartialsBuilder builder = new PartialsBuilder(definition);
        List<ViewRow> rows = new ArrayList<>();
        int batch = 0;
        for (int from = 0; from < events.size(); from += 1_000) {
            SampleShop.addTo(builder, events.subList(from, from + 1_000));
            rows.addAll(builder.drain(batch % 2 == 0, ++batch, 0));
        }
        assertAgrees(rows);
    }

    @Test
    void agreesWithTheOracleAfterRowsWereMerged() {
        PartialsBuilder builder = new PartialsBuilder(definition);
        List<ViewRow> merged = new ArrayList<>();
        for (View view : View.of(definition)) {
            PartialsMerger merger = new PartialsMerger(view);
            for (int from = 0; from < events.size(); from += 3_000) {
                SampleShop.addTo(builder, events.subList(from, from + 3_000));
                builder.drain(true, 1, from).stream()
                        .filter(row -> row.view().equals(view.name()))
                        .forEach(merger::add);
            }
            List<ViewRow> rows = merger.drainCompacted();
            assertThat(rows).allMatch(row -> row.batch() == 0 && row.writer() == 0);
            assertThat(StoredAnswer.of(view, rows)).hasSameSizeAs(rows);
            merged.addAll(rows);
        }
        assertAgrees(merged);
    }

    @Test
    void exactPartialsHaveTheSameBytesInWhateverOrderEventsCame() {
        PartialsBuilder builder = new PartialsBuilder(definition);
        SampleShop.addTo(builder, events.subList(0, 2_000));
        List<String> forward = texts(builder.drain(false, 0, 0));
        List<PlainEvent> reversed = new ArrayList<>(events.subList(0, 2_000));
        Collections.reverse(reversed);
        SampleShop.addTo(builder, reversed);
        assertThat(texts(builder.drain(false, 0, 0))).isEqualTo(forward);
    }

    @Test
    void countsRecordsInTheLedgerWithQuarantinedOnesApart() {
        PartialsBuilder builder = new PartialsBuilder(definition);
        assertThat(builder.empty()).isTrue();
        builder.record("t", 3, 3_600_000L, false);
        builder.record("t", 3, 7_199_999L, false);
        builder.record("t", 3, 7_199_999L, true);
        assertThat(builder.empty()).isFalse();
        Map<Group, List<Value>> ledger = StoredAnswer.of(View.of(definition, View.LEDGER), builder.drain(true, 1, 0));
        assertThat(ledger)
                .containsOnly(
                        Map.entry(new Group(3_600L, List.of("t", 3L, false)), List.of(new Value(2L, Optional.empty()))),
                        Map.entry(new Group(3_600L, List.of("t", 3L, true)), List.of(new Value(1L, Optional.empty()))));
        assertThat(builder.empty()).isTrue();
    }

    private void assertAgrees(List<ViewRow> rows) {
        for (View view : View.of(definition)) {
            if (view.name().equals(View.LEDGER)) {
                continue;
            }
            List<ViewRow> own =
                    rows.stream().filter(row -> row.view().equals(view.name())).toList();
            Map<Group, List<Value>> answer = StoredAnswer.of(view, own);
            Map<Group, Map<String, Object>> truth =
                    new Oracle(definition).answer(events, view.dimensions(), Optional.of(view.grid()));
            assertThat(answer.keySet()).as("seed %d", SEED).isEqualTo(truth.keySet());
            answer.forEach((group, values) -> assertAgrees(group, values, truth.get(group)));
        }
    }

    private void assertAgrees(Group group, List<Value> values, Map<String, Object> truth) {
        List<SimpleMetric> metrics = definition.model().simpleMetrics();
        for (int i = 0; i < metrics.size(); i++) {
            Object expected = truth.get(metrics.get(i).name());
            Value value = values.get(i);
            String what = metrics.get(i).name() + " of " + group + ", seed " + SEED;
            if (value.bounds().isPresent()) {
                assertThat(within(value.bounds().get(), expected)).as(what).isTrue();
            } else if (expected instanceof Double number) {
                assertThat((Double) value.result()).as(what).isCloseTo(number, Offset.offset(1e-9));
            } else {
                assertThat(value.result()).as(what).isEqualTo(expected);
            }
        }
    }

    @SuppressWarnings("unchecked") // results and bounds of one aggregate have one type
    private static boolean within(Bounds bounds, Object value) {
        return ((Comparable<Object>) bounds.low()).compareTo(value) <= 0
                && ((Comparable<Object>) bounds.high()).compareTo(value) >= 0;
    }

    private static List<String> texts(List<ViewRow> rows) {
        return rows.stream()
                .map(row -> row.view() + row.bucket() + Arrays.toString(row.key()) + Arrays.hashCode(row.states()))
                .sorted()
                .toList();
    }
}
