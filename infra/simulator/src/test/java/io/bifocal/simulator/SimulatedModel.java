package io.bifocal.simulator;

import io.bifocal.core.aggregate.Aggregate.Occurrence;
import io.bifocal.core.cut.GenerationWriter.ViewDay;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.Column;
import io.bifocal.core.model.Model.DerivedMetric;
import io.bifocal.core.model.Model.Dimension;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.RatioMetric;
import io.bifocal.core.model.Model.Rollup;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.Model.Source;
import io.bifocal.core.model.Model.TimeSpec;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.oracle.PlainEvent;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.view.PartialsBuilder;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.simulator.SimulatedKafka.Entry;
import io.bifocal.simulator.SimulatedKafka.Meaning;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.Evaluator;
import io.bifocal.spark.ExpressionAnalyzer;
import io.bifocal.spark.Outcome;
import io.bifocal.spark.PartialsTask;
import io.bifocal.spark.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A version of a small model with a bit of everything, and its events; compiled as any other. */
final class SimulatedModel {
    static final String NAME = "sim";
    /** London's clocks go forward on the third of these days. */
    static final LocalDate FIRST_DAY = LocalDate.of(2026, 3, 27);

    static final int DAYS = 6;
    static final List<String> CITIES = List.of("Aarhus", "Bergen", "Çeşme");

    private static final ZoneId LONDON = ZoneId.of("Europe/London");
    private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");

    private final Definition definition;
    private final String hash;
    private final boolean identity;
    private final boolean weighed;
    private final int large;
    private final PartialsTask task;
    private final Evaluator evaluator;
    private final List<View> views;

    /** @param identity whether records of equal id and time are one event */
    SimulatedModel(boolean identity) {
        this(identity, false, 50, LONDON);
    }

    private SimulatedModel(boolean identity, boolean weighed, int large, ZoneId zone) {
        this.identity = identity;
        this.weighed = weighed;
        this.large = large;
        Model model = new Model(
                NAME,
                "",
                new Source(NAME, "json"),
                new TimeSpec("at", Optional.empty(), ZoneOffset.UTC),
                identity ? List.of("id") : List.of(),
                columns(),
                List.of(new Dimension("city", "city", ""), new Dimension("paid", "paid", "")),
                metrics(),
                List.of(
                        new Rollup("hourly", Granularity.HOUR, ZoneOffset.UTC, List.of("city", "paid"), 2),
                        new Rollup("daily", Granularity.DAY, zone, List.of("city"), 1)),
                List.of(),
                Optional.empty(),
                "");
        this.definition =
                ExpressionAnalyzer.analyse("sim.yml", model).definition().orElseThrow();
        CompiledDefinition compiled = CompiledDefinition.of(definition);
        // One of each for all actors, of which only one runs at a time: to make them takes Catalyst milliseconds.
        this.task = new PartialsTask(compiled);
        this.evaluator = compiled.evaluator();
        this.views = View.of(definition);
        this.hash = DefinitionJson.hash(definition);
    }

    /** Another version of the same: it takes other values for large, has other days, and quarantines what has no weight. */
    static SimulatedModel changed() {
        return new SimulatedModel(false, true, 30, NEW_YORK);
    }

    private List<Column> columns() {
        List<Column> columns = new ArrayList<>(List.of(
                new Column("at", ValueType.TIMESTAMP, List.of("at")),
                new Column("city", ValueType.STRING, List.of("city")),
                new Column("paid", ValueType.BOOLEAN, List.of("paid")),
                new Column("v", ValueType.LONG, List.of("v")),
                new Column("id", ValueType.STRING, List.of("id"))));
        if (weighed) {
            columns.add(new Column("weight", ValueType.DOUBLE, List.of("weight")));
        }
        return columns;
    }

    private List<Metric> metrics() {
        return List.of(
                metric("events", "count", null, null),
                metric("total", "sum", "v", null),
                metric("large", "count", null, "v > " + large),
                metric("largest", "max", "v", null),
                metric("mean", "average", "v", null),
                metric("ids", "count_distinct", "id", null),
                metric("latest", "last", "v", null),
                new RatioMetric("total_per_id", "", "", "total", "ids"),
                new DerivedMetric("small", "", "", "events - large", List.of("events", "large")));
    }

    private static SimpleMetric metric(String name, String aggregation, String expr, String filter) {
        return new SimpleMetric(
                name, "", "", aggregation, Optional.ofNullable(expr), Optional.ofNullable(filter), Optional.empty());
    }

    Definition definition() {
        return definition;
    }

    /** Of the definition. */
    String hash() {
        return hash;
    }

    /** Whether records of equal id and time are one event. */
    boolean identity() {
        return identity;
    }

    List<View> views() {
        return views;
    }

    /**
     * What a random event says, wherever it comes to lie.
     *
     * @param weighed whether its weight is a number: some versions don't mind
     */
    record Content(Instant at, String city, Boolean paid, Long value, String id, boolean weighed) {
        String json() {
            return "{\"at\":\"" + at + "\",\"city\":" + (city == null ? null : "\"" + city + "\"") + ",\"paid\":" + paid
                    + ",\"v\":" + value + ",\"id\":\"" + id + "\",\"weight\":" + (weighed ? "1.5" : "\"heavy\"") + "}";
        }
    }

    private PlainEvent plain(Content content, int partition, long offset) {
        Long value = content.value();
        Map<String, Object> dimensions = new HashMap<>();
        dimensions.put("city", content.city());
        dimensions.put("paid", content.paid());
        Map<String, Object> inputs = new HashMap<>();
        inputs.put("events", true);
        inputs.put("total", value);
        inputs.put("large", (value != null && value > large) ? true : null);
        inputs.put("largest", value);
        inputs.put("mean", value);
        inputs.put("ids", content.id());
        inputs.put("latest", value);
        return new PlainEvent(
                content.at(), partition, offset, identity ? List.of(content.id()) : List.of(), dimensions, inputs);
    }

    /** @param day of the event, from 0 */
    static Content content(Random random, int day, String id) {
        return new Content(
                FIRST_DAY
                        .plusDays(day)
                        .atStartOfDay(ZoneOffset.UTC)
                        .plusMinutes(random.nextInt(24 * 60))
                        .toInstant(),
                random.nextInt(8) == 0 ? null : CITIES.get(random.nextInt(CITIES.size())),
                random.nextInt(4) == 0 ? null : random.nextBoolean(),
                random.nextInt(8) == 0 ? null : (long) random.nextInt(100) - 10,
                id,
                random.nextInt(16) > 0);
    }

    /**
     * What this version makes of a payload, and what is true of it.
     *
     * @param content empty where the payload is malformed
     */
    Meaning meaning(byte[] payload, Optional<Content> content, int partition, long offset) {
        Optional<PlainEvent> event =
                content.filter(each -> each.weighed() || !weighed).map(each -> plain(each, partition, offset));
        Outcome outcome = evaluator.evaluate(payload);
        if (outcome instanceof Outcome.Event != event.isPresent()) {
            throw new AssertionError("payload " + new String(payload, StandardCharsets.UTF_8) + " gives " + outcome);
        }
        return new Meaning(outcome, event);
    }

    /** What a speed task writes of its records. */
    List<ViewRow> live(List<Entry> records, int batch, int writer) {
        List<ViewRow> rows = new ArrayList<>();
        task.run(
                records.stream()
                        .map(entry -> new SourceRecord(
                                entry.topicId(),
                                entry.partition(),
                                entry.offset(),
                                entry.brokerMillis(),
                                entry.payload()))
                        .iterator(),
                batch,
                writer,
                rows::addAll);
        return rows;
    }

    /**
     * What a batch job computes of all records that it covers, as Spark does it in {@code BatchViews}: the first of equal
     * identity, in the order of positions.
     */
    List<ViewRow> exact(Collection<Entry> records, boolean withoutDuplicates) {
        PartialsBuilder builder = new PartialsBuilder(definition);
        Set<Outcome.EventKey> seen = new HashSet<>();
        records.stream()
                .sorted(Comparator.comparing(Entry::topicId)
                        .thenComparingInt(Entry::partition)
                        .thenComparingLong(Entry::offset))
                .forEach(entry -> {
                    Meaning meaning = entry.under(hash);
                    if (meaning.outcome() instanceof Outcome.Event event
                            && (event.identity().isEmpty() || seen.add(event.key()) || !withoutDuplicates)) {
                        builder.event(
                                new Occurrence(event.timeMicros(), entry.partition(), entry.offset()),
                                event.dimensions(),
                                event.inputs());
                    }
                    builder.record(
                            entry.topicId(),
                            entry.partition(),
                            entry.brokerMillis(),
                            meaning.event().isEmpty() && !entry.isEmptied());
                });
        return builder.drain(false, 0, 0);
    }

    /** The day of a record's event; empty where it is none to this version. */
    Optional<Integer> happened(Entry entry) {
        return entry.under(hash).event().map(SimulatedModel::day);
    }

    /** Of an event, from 0. */
    static int day(PlainEvent event) {
        return (int) FIRST_DAY.until(event.time().atOffset(ZoneOffset.UTC).toLocalDate(), ChronoUnit.DAYS);
    }

    /** The days of each view that some records touch. */
    Set<ViewDay> days(Collection<Entry> records) {
        Set<ViewDay> days = new HashSet<>();
        for (Entry entry : records) {
            for (View view : views) {
                if (view.name().equals(View.LEDGER)) {
                    days.add(day(view, Math.floorDiv(entry.brokerMillis(), 1000L)));
                } else {
                    entry.under(hash)
                            .event()
                            .ifPresent(event -> days.add(day(view, event.time().getEpochSecond())));
                }
            }
        }
        return days;
    }

    private static ViewDay day(View view, long epochSecond) {
        return new ViewDay(view.name(), view.dayOf(view.grid().floor(epochSecond)));
    }
}
