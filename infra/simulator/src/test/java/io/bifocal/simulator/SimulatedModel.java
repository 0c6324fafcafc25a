package io.bifocal.simulator;

import io.bifocal.core.aggregate.Aggregate.Occurrence;
import io.bifocal.core.cut.GenerationWriter.ViewDay;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.Column;
import io.bifocal.core.model.Model.Dimension;
import io.bifocal.core.model.Model.Rollup;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.Model.Source;
import io.bifocal.core.model.Model.TimeSpec;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.view.PartialsBuilder;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.simulator.EventLog.Entry;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.Evaluator;
import io.bifocal.spark.ExpressionAnalyzer;
import io.bifocal.spark.Outcome;
import io.bifocal.spark.PartialsTask;
import io.bifocal.spark.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A small model with a bit of everything, and its events; compiled as any other. */
final class SimulatedModel {
    static final String NAME = "sim";
    static final String HASH = "definition-1";
    static final int DAYS = 6;
    private static final List<String> DIMENSIONS = List.of("a", "b", "c");
    private static final int SECONDS_PER_DAY = 86_400;
    private static final long FIRST_DAY = 19_000;

    private final Definition definition;
    private final PartialsTask task;
    private final Evaluator evaluator;
    private final List<View> views;

    SimulatedModel(List<String> identity) {
        Model model = new Model(
                NAME,
                "",
                new Source(NAME, "json"),
                new TimeSpec("at", Optional.empty(), ZoneOffset.UTC),
                identity,
                List.of(
                        new Column("at", ValueType.STRING, List.of("at")),
                        new Column("dim", ValueType.STRING, List.of("dim")),
                        new Column("v", ValueType.LONG, List.of("v")),
                        new Column("id", ValueType.STRING, List.of("id"))),
                List.of(new Dimension("dim", "dim", "")),
                List.of(
                        metric("events", "count", null, null),
                        metric("total", "sum", "v", null),
                        metric("large", "count", null, "v > 50"),
                        metric("largest", "max", "v", null),
                        metric("ids", "count_distinct", "id", null)),
                List.of(
                        new Rollup("hourly", Granularity.HOUR, ZoneOffset.UTC, List.of("dim"), 2),
                        new Rollup("daily", Granularity.DAY, ZoneId.of("Europe/London"), List.of("dim"), 1)),
                "");
        this.definition =
                ExpressionAnalyzer.analyse("sim.yml", model).definition().orElseThrow();
        CompiledDefinition compiled = CompiledDefinition.of(definition);
        // One of each for all actors, of which only one runs at a time: to make them takes Catalyst milliseconds.
        this.task = new PartialsTask(compiled);
        this.evaluator = compiled.evaluator();
        this.views = View.of(definition);
    }

    /** When a day begins, of those that entries name. */
    static Instant dayStart(long day) {
        return Instant.EPOCH.plus(FIRST_DAY + day, ChronoUnit.DAYS);
    }

    Definition definition() {
        return definition;
    }

    private static SimpleMetric metric(String name, String aggregation, String expr, String filter) {
        return new SimpleMetric(
                name, "", "", aggregation, Optional.ofNullable(expr), Optional.ofNullable(filter), Optional.empty());
    }

    /** A record of an event on some day; a repeated id also repeats its time, by which the two are one event. */
    Entry entry(int partition, long offset, long arrived, long day, Random random, String id, boolean repeatable) {
        long epochDay = FIRST_DAY + day;
        long second =
                repeatable ? Math.floorMod(id.hashCode() * 7919L, SECONDS_PER_DAY) : random.nextInt(SECONDS_PER_DAY);
        long actualDay = repeatable ? FIRST_DAY + Math.floorMod(id.hashCode(), DAYS) : epochDay;
        Instant at = Instant.EPOCH.plus(actualDay, ChronoUnit.DAYS).plusSeconds(second);
        String dimension = DIMENSIONS.get(random.nextInt(DIMENSIONS.size()));
        long value = random.nextInt(100);
        String payload =
                "{\"at\":\"" + at + "\",\"dim\":\"" + dimension + "\",\"v\":" + value + ",\"id\":\"" + id + "\"}";
        return new Entry(partition, offset, arrived, payload, actualDay - FIRST_DAY, dimension, value, id);
    }

    /** What a speed task writes of its records. */
    List<ViewRow> live(List<Entry> records, int batch, int writer) {
        List<ViewRow> rows = new ArrayList<>();
        task.run(records.stream().map(SimulatedModel::record).iterator(), batch, writer, rows::addAll);
        return rows;
    }

    /** What a batch job computes of all records that it covers: the first of equal identity, in the order of positions. */
    List<ViewRow> exact(Collection<Entry> records) {
        PartialsBuilder builder = new PartialsBuilder(definition);
        Set<Outcome.EventKey> seen = new HashSet<>();
        records.stream()
                .sorted(Comparator.comparingInt(Entry::partition).thenComparingLong(Entry::offset))
                .forEach(entry -> {
                    boolean good = evaluator.evaluate(entry.payload().getBytes(StandardCharsets.UTF_8))
                                    instanceof Outcome.Event event
                            && add(event, entry, seen, builder);
                    builder.record(EventLog.TOPIC, entry.partition(), entry.brokerMillis(), !good);
                });
        return builder.drain(false, 0, 0);
    }

    private static boolean add(Outcome.Event event, Entry entry, Set<Outcome.EventKey> seen, PartialsBuilder builder) {
        if (event.identity().isEmpty() || seen.add(event.key())) {
            builder.event(
                    new Occurrence(event.timeMicros(), entry.partition(), entry.offset()),
                    event.dimensions(),
                    event.inputs());
        }
        return true;
    }

    /** The days of each view that some records touch. */
    Set<ViewDay> days(Collection<Entry> records) {
        Set<ViewDay> days = new HashSet<>();
        for (ViewRow row : exact(records)) {
            days.add(new ViewDay(row.view(), row.day()));
        }
        return days;
    }

    List<View> views() {
        return views;
    }

    private static SourceRecord record(Entry entry) {
        return new SourceRecord(
                EventLog.TOPIC,
                entry.partition(),
                entry.offset(),
                entry.brokerMillis(),
                entry.payload().getBytes(StandardCharsets.UTF_8));
    }
}
