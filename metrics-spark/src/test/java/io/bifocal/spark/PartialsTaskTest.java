package io.bifocal.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.oracle.Oracle;
import io.bifocal.core.oracle.PlainEvent;
import io.bifocal.core.oracle.StoredAnswer;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.spark.TaskSummary.PartitionRange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartialsTaskTest {
    private static final String TOPIC = "topic-1";
    private static final LocalDateTime START = LocalDateTime.parse("2011-03-26T00:00:00");
    private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final ZoneId LONDON = ZoneId.of("Europe/London");

    /** A record, and what it says written down a second time, by hand: null where it says nothing that can be counted. */
    private record Sample(SourceRecord record, PlainEvent event) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agreesWithTheOracleHoweverTheRecordsAreSplit(long seed) {
        Random random = new Random(seed);
        Definition definition = Models.shop().definition();
        CompiledDefinition compiled = CompiledDefinition.of(definition);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            samples.add(sample(random, i % 3, i / 3));
        }
        List<ViewRow> rows = inRandomSplits(random, compiled, samples);

        List<PlainEvent> events = samples.stream()
                .map(Sample::event)
                .filter(event -> event != null)
                .toList();
        Oracle oracle = new Oracle(definition);
        List<View> views = View.of(definition);
        for (View view : views.subList(0, views.size() - 1)) {
            Map<Oracle.Group, Map<String, Object>> expected =
                    oracle.answer(events, view.dimensions(), Optional.of(view.grid()));
            assertThat(results(definition, view, rows))
                    .as("seed %s, %s", seed, view.name())
                    .isEqualTo(expected);
        }
        assertThat(rows).as("no row overwrites another").doesNotHaveDuplicates();
        assertThat(ledger(views.get(views.size() - 1), rows))
                .containsEntry(false, (long) events.size())
                .containsEntry(true, (long) samples.size() - events.size());
    }

    @Test
    void keepsKeysApartThatItHandsOverTwice() {
        CompiledDefinition compiled = CompiledDefinition.of(Models.shop().definition());
        List<SourceRecord> records = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            records.add(record(0, i, "{\"at\":\"2011-03-26 10:00:00\",\"quantity\":1}"));
        }
        List<ViewRow> rows = new ArrayList<>();

        TaskSummary summary = new PartialsTask(compiled, 10).run(records.iterator(), 7, 2, rows::addAll);

        Set<List<Object>> keys = new HashSet<>();
        rows.forEach(row -> keys.add(List.of(
                row.view(),
                row.day(),
                row.bucket(),
                new String(row.key(), StandardCharsets.ISO_8859_1),
                row.writer())));
        assertThat(keys).hasSameSizeAs(rows);
        assertThat(rows).extracting(ViewRow::writer).containsOnly(2, 2 + (1 << 16), 2 + (2 << 16));
        assertThat(rows).extracting(ViewRow::batch).containsOnly(7);
        assertThat(summary.days()).hasSize(3).allSatisfy(day -> assertThat(day.rows())
                .isEqualTo(3));
    }

    @Test
    void saysWhatItSaw() {
        CompiledDefinition compiled = CompiledDefinition.of(Models.shop().definition());
        List<SourceRecord> records = List.of(
                record(1, 40, "{\"at\":\"2011-03-26 10:00:00\"}"),
                record(0, 12, "{\"at\":\"nonsense\"}"),
                record(1, 43, "{\"at\":\"2011-03-26 10:00:00\"}"));

        TaskSummary summary = new PartialsTask(compiled).run(records.iterator(), 1, 0, rows -> {});

        assertThat(summary.partitions())
                .containsExactly(
                        new PartitionRange(TOPIC, 0, 12, 13, 1, 1, 1_300_000_012_000L),
                        new PartitionRange(TOPIC, 1, 40, 44, 2, 0, 1_300_000_043_000L));
        assertThat(summary.records()).isEqualTo(3);
    }

    @Test
    void aggregatesAnEventOnceAndCountsItsRecordsAll() {
        Definition definition = Models.shop().identity("invoice").definition();
        List<SourceRecord> records = List.of(
                record(0, 0, "{\"at\":\"2011-03-26 10:00:00\",\"invoice\":\"a\",\"quantity\":1}"),
                record(0, 1, "{\"at\":\"2011-03-26 10:00:00\",\"invoice\":\"a\",\"quantity\":5}"),
                record(0, 2, "{\"at\":\"2011-03-26 10:00:01\",\"invoice\":\"a\",\"quantity\":10}"),
                record(0, 3, "{\"at\":\"2011-03-26 10:00:00\",\"quantity\":100}"),
                record(0, 4, "{\"at\":\"2011-03-26 10:00:00\",\"quantity\":100}"));
        List<ViewRow> rows = new ArrayList<>();

        new PartialsTask(CompiledDefinition.of(definition)).run(records.iterator(), 1, 0, rows::addAll);

        List<View> views = View.of(definition);
        assertThat(results(definition, views.get(1), rows).values())
                .singleElement()
                .satisfies(values ->
                        assertThat(values).containsEntry("units", 211L).containsEntry("lines", 4L));
        assertThat(ledger(views.get(2), rows)).containsEntry(false, 5L);
    }

    @Test
    void travelsToTasks() throws Exception {
        CompiledDefinition compiled = CompiledDefinition.of(Models.shop().definition());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(compiled);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            CompiledDefinition arrived = (CompiledDefinition) in.readObject();
            assertThat(arrived.definition()).isEqualTo(compiled.definition());
        }
    }

    private static List<ViewRow> inRandomSplits(Random random, CompiledDefinition compiled, List<Sample> samples) {
        List<ViewRow> rows = new ArrayList<>();
        int batch = 0;
        for (int from = 0; from < samples.size(); batch++) {
            int to = Math.min(samples.size(), from + 1 + random.nextInt(1500));
            int tasks = 1 + random.nextInt(3);
            for (int task = 0; task < tasks; task++) {
                List<SourceRecord> mine = new ArrayList<>();
                for (int i = from + task; i < to; i += tasks) {
                    mine.add(samples.get(i).record());
                }
                new PartialsTask(compiled, 1 + random.nextInt(400)).run(mine.iterator(), batch, task, rows::addAll);
            }
            from = to;
        }
        return rows;
    }

    private static Map<Oracle.Group, Map<String, Object>> results(
            Definition definition, View view, List<ViewRow> rows) {
        List<String> metrics = definition.model().simpleMetrics().stream()
                .map(SimpleMetric::name)
                .toList();
        Map<Oracle.Group, Map<String, Object>> results = new HashMap<>();
        StoredAnswer.of(view, of(view, rows)).forEach((group, values) -> {
            Map<String, Object> byName = new HashMap<>();
            for (int i = 0; i < metrics.size(); i++) {
                byName.put(metrics.get(i), values.get(i).result());
            }
            results.put(group, byName);
        });
        return results;
    }

    private static Map<Boolean, Long> ledger(View view, List<ViewRow> rows) {
        Map<Boolean, Long> records = new HashMap<>();
        StoredAnswer.of(view, of(view, rows))
                .forEach((group, values) -> records.merge(
                        (Boolean) group.key().get(2), (Long) values.get(0).result(), Long::sum));
        return records;
    }

    private static List<ViewRow> of(View view, List<ViewRow> rows) {
        return rows.stream().filter(row -> row.view().equals(view.name())).toList();
    }

    private static SourceRecord record(int partition, long offset, String json) {
        return new SourceRecord(
                TOPIC, partition, offset, 1_300_000_000_000L + offset * 1000, json.getBytes(StandardCharsets.UTF_8));
    }

    private static Sample sample(Random random, int partition, long offset) {
        if (random.nextInt(20) == 0) {
            List<String> broken = List.of(
                    "{",
                    "{\"at\":null}",
                    "{\"at\":\"2011-03-26\"}",
                    "{\"at\":\"2011-03-26 00:00:00\",\"price\":0.00001}",
                    "{\"at\":\"2011-03-26 00:00:00\",\"quantity\":\"many\"}");
            return new Sample(record(partition, offset, broken.get(random.nextInt(broken.size()))), null);
        }
        LocalDateTime at = START.plusSeconds(random.nextInt(3 * 86_400));
        String country = random.nextInt(8) == 0 ? null : "c" + random.nextInt(4);
        String invoice = random.nextInt(15) == 0 ? null : (random.nextInt(6) == 0 ? "C" : "") + random.nextInt(500);
        Long quantity = random.nextInt(12) == 0 ? null : (Long) (long) (random.nextInt(100) - 20);
        BigDecimal price = random.nextInt(12) == 0 ? null : BigDecimal.valueOf(random.nextInt(1_000_000), 4);
        String json = "{\"at\":\"" + TEXT.format(at) + "\",\"country\":" + quoted(country) + ",\"invoice\":"
                + quoted(invoice) + ",\"quantity\":" + (random.nextBoolean() ? quantity : quoted(quantity))
                + ",\"price\":" + (random.nextBoolean() ? price : quoted(price)) + "}";
        return new Sample(
                record(partition, offset, json), event(at, partition, offset, country, invoice, quantity, price));
    }

    private static PlainEvent event(
            LocalDateTime at,
            int partition,
            long offset,
            String country,
            String invoice,
            Long quantity,
            BigDecimal price) {
        Map<String, Object> dimensions = new HashMap<>();
        dimensions.put("country", country);
        dimensions.put("cancelled", invoice == null ? null : invoice.startsWith("C"));
        BigDecimal revenue = quantity == null || price == null ? null : price.multiply(BigDecimal.valueOf(quantity));
        Map<String, Object> inputs = new HashMap<>();
        inputs.put("lines", true);
        inputs.put("units", quantity);
        inputs.put("revenue", revenue);
        inputs.put("sold", invoice == null || invoice.startsWith("C") ? null : revenue);
        inputs.put("invoices", invoice);
        inputs.put("least", price);
        inputs.put("mean", price);
        return new PlainEvent(at.atZone(LONDON).toInstant(), partition, offset, List.of(), dimensions, inputs);
    }

    private static String quoted(Object value) {
        return value == null ? "null" : "\"" + value + "\"";
    }
}
