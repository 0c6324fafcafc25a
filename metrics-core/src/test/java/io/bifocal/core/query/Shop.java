package io.bifocal.core.query;

import io.bifocal.core.aggregate.Aggregate.Occurrence;
import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.GenerationWriter.ViewDay;
import io.bifocal.core.cut.InMemoryManifestStore;
import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.Dimension;
import io.bifocal.core.model.Model.Rollup;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.view.InMemoryViewStore;
import io.bifocal.core.view.PartialsBuilder;
import io.bifocal.core.view.RetainedDays;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A small platform in memory: a model of sales, a speed job, a batch job, and an engine that answers over both. */
public final class Shop {
    static final ZoneId LONDON = ZoneId.of("Europe/London");
    static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final String TOPIC = "topic-1";
    private static final int INDEXED_ROWS_UNKNOWN = 0;

    /** A sale; any value but the time may be null. */
    public record Sale(
            Instant time, String country, Long sku, Boolean paid, Long units, BigDecimal price, String buyer) {}

    final ManifestStore manifests;
    final ViewStore views;
    final List<Sale> counted = new ArrayList<>();
    Definition definition;
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    Cost limit = Cost.UNLIMITED;
    long answerRows = Long.MAX_VALUE;
    RetainedDays retained = RetainedDays.ALL;

    private final List<Definition> versions = new ArrayList<>();
    private final List<Sale> archived = new ArrayList<>();
    private final String name;
    private final String hash;
    private LiveRun run;
    private int parts;

    Shop() {
        this(List.of());
    }

    Shop(List<String> identity) {
        this(new InMemoryManifestStore(), new InMemoryViewStore(), definition(identity));
    }

    /** A shop over some stores, with what {@link #definition} gives. */
    public Shop(ManifestStore manifests, ViewStore views, Definition definition) {
        this.manifests = manifests;
        this.views = views;
        this.definition = definition;
        this.name = definition.model().name();
        this.versions.add(definition);
        this.hash = DefinitionJson.hash(definition);
    }

    public static Definition definition(List<String> identity) {
        return definition("shop", identity);
    }

    /** The same under another name, for tests that share their stores. */
    public static Definition definition(String name, List<String> identity) {
        List<Model.Metric> metrics = List.of(
                simple("sales", "count", null),
                simple("units", "sum", "units"),
                simple("revenue", "sum", "price"),
                simple("dearest", "max", "price"),
                simple("buyers", "count_distinct", "buyer"),
                new Model.RatioMetric("revenue_per_buyer", "", "GBP", "revenue", "buyers"),
                new Model.DerivedMetric("others", "", "", "sales - buyers", List.of("sales", "buyers")));
        List<Rollup> rollups = List.of(
                new Rollup("by_country", Granularity.HOUR, ZoneOffset.UTC, List.of("country", "paid"), 2),
                new Rollup("by_sku", Granularity.DAY, ZoneOffset.UTC, List.of("sku"), 1),
                new Rollup("london_days", Granularity.DAY, LONDON, List.of("country"), 1));
        return new Definition(
                new Model(
                        name,
                        "",
                        new Model.Source(name, "json"),
                        new Model.TimeSpec("time", Optional.empty(), ZoneOffset.UTC),
                        identity,
                        List.of(),
                        List.of(
                                new Dimension("country", "country", ""),
                                new Dimension("sku", "sku", ""),
                                new Dimension("paid", "paid", "")),
                        metrics,
                        rollups,
                        List.of(),
                        Optional.empty(),
                        ""),
                Map.of("country", ValueType.STRING, "sku", ValueType.LONG, "paid", ValueType.BOOLEAN),
                Map.of(
                        "units",
                        ValueType.LONG,
                        "revenue",
                        ValueType.decimal(12, 2),
                        "dearest",
                        ValueType.decimal(12, 2),
                        "buyers",
                        ValueType.STRING));
    }

    /** Puts metrics that are computed from others in the place of those of their names, or beside the others. */
    Shop redefine(Model.Metric... computed) {
        Model model = definition.model();
        Map<String, Model.Metric> metrics = new LinkedHashMap<>();
        model.metrics().forEach(metric -> metrics.put(metric.name(), metric));
        List.of(computed).forEach(metric -> metrics.put(metric.name(), metric));
        Model changed = new Model(
                model.name(),
                model.description(),
                model.source(),
                model.time(),
                model.identity(),
                model.columns(),
                model.dimensions(),
                List.copyOf(metrics.values()),
                model.rollups(),
                List.of(),
                Optional.empty(),
                model.yaml());
        definition = new Definition(changed, definition.dimensionTypes(), definition.inputTypes());
        versions.add(definition);
        return this;
    }

    private static SimpleMetric simple(String name, String aggregation, String expr) {
        return new SimpleMetric(
                name,
                "",
                name.equals("revenue") ? "GBP" : "",
                aggregation,
                Optional.ofNullable(expr),
                Optional.empty(),
                Optional.empty());
    }

    public static Sale sale(String time, String country, long units) {
        return new Sale(Instant.parse(time), country, 1L, true, units, BigDecimal.ONE.setScale(2), "ann");
    }

    public Definition definition() {
        return definition;
    }

    QueryEngine engine() {
        return engine(views);
    }

    QueryEngine engine(ViewStore store) {
        return new QueryEngine(
                manifests,
                store,
                definitions(),
                Manifest::lastArrival,
                QueryObserver.NONE,
                clock,
                new QueryEngine.Limits(Duration.ofMillis(500), 3, Duration.ofMinutes(2), limit, answerRows));
    }

    Definitions definitions() {
        return new Definitions() {
            @Override
            public List<String> models() {
                return List.of(name);
            }

            @Override
            public Optional<Definition> current(String model) {
                return Optional.of(definition).filter(each -> model.equals(name));
            }

            @Override
            public Optional<Definition> byHash(String model, String hash) {
                return current(model).filter(each -> hash.equals(Shop.this.hash));
            }

            @Override
            public Optional<Definition> byFingerprint(String model, String fingerprint) {
                return versions.stream()
                        .filter(each -> DefinitionJson.fingerprint(each).equals(fingerprint))
                        .findFirst();
            }
        };
    }

    Answer ask(String json) {
        return engine().answer(QueryParser.parse(json));
    }

    /** Counts sales at once, as one micro-batch of the speed job. */
    public Shop live(Sale... sales) {
        live(List.of(sales));
        return this;
    }

    public void live(List<Sale> sales) {
        LiveRun.Slot slot = write(sales);
        Positions from = run.end();
        counted.addAll(sales);
        if (!run.commit(from, position(counted.size()), sales.size(), arrival(counted.size()))) {
            throw new IllegalStateException("part " + slot + " was sealed: a micro-batch comes before a batch here");
        }
    }

    /** Writes a micro-batch and dies before it is committed. */
    void dieBeforeCommit(Sale... sales) {
        write(List.of(sales));
        run = null;
    }

    /** Writes a micro-batch that is going to be committed, but is not yet. */
    void writeAhead(Sale... sales) {
        write(List.of(sales));
    }

    /** Computes a generation of all that is counted; only the days that sales since the last one touch. */
    public Shop recompute() {
        GenerationWriter writer =
                new GenerationWriter(editor(), views, "job-" + parts, Duration.ofMinutes(1), 3, retained);
        Positions all = position(counted.size());
        GenerationWriter.Task task = writer.begin(name, all, all).orElseThrow();
        List<Sale> news = counted.subList(archived.size(), counted.size());
        Set<ViewDay> touched = new HashSet<>();
        rows(news, 0).forEach(row -> touched.add(new ViewDay(row.view(), row.day())));
        List<ViewRow> rows = rows(counted, 0).stream()
                .filter(row -> touched.contains(new ViewDay(row.view(), row.day())))
                .toList();
        views.write(name, task.part(), rows);
        writer.publish(task, touched, index(task.part(), rows), 1, counted.size(), arrival(counted.size()));
        archived.clear();
        archived.addAll(counted);
        run = null;
        return this;
    }

    ManifestEditor editor() {
        return new ManifestEditor(manifests, clock);
    }

    Manifest manifest() {
        return manifests.read(name).orElseThrow();
    }

    private LiveRun.Slot write(List<Sale> sales) {
        if (run == null) {
            run = LiveRun.join(editor(), views, name, hash, "run-" + parts++, 2);
        }
        LiveRun.Slot slot = run.next();
        List<ViewRow> rows = rows(sales, slot.batch());
        views.write(name, slot.part(), rows);
        views.writeIndex(name, slot.part(), index(slot.part(), rows));
        return slot;
    }

    /** Sales of one micro-batch are spread over two writers, as tasks of Spark would. */
    private List<ViewRow> rows(List<Sale> sales, int batch) {
        List<ViewRow> rows = new ArrayList<>();
        int writers = batch == 0 ? 1 : 2;
        for (int writer = 0; writer < writers; writer++) {
            PartialsBuilder builder = new PartialsBuilder(definition);
            for (int i = writer; i < sales.size(); i += writers) {
                Sale sale = sales.get(i);
                long micros = sale.time().getEpochSecond() * 1_000_000;
                builder.event(
                        new Occurrence(micros, 0, i),
                        new Object[] {sale.country(), sale.sku(), sale.paid()},
                        new Object[] {true, sale.units(), sale.price(), sale.price(), sale.buyer()});
                builder.record(TOPIC, 0, arrival(i).toEpochMilli(), false);
            }
            rows.addAll(builder.drain(batch > 0, batch, writer));
        }
        return rows;
    }

    private static List<PartDay> index(String part, List<ViewRow> rows) {
        Map<ViewDay, Long> days = new HashMap<>();
        rows.forEach(row -> days.merge(new ViewDay(row.view(), row.day()), 1L, Long::sum));
        List<PartDay> index = new ArrayList<>();
        days.forEach((day, count) -> index.add(new PartDay(
                day.view(), day.day(), part, day.view().equals(View.LEDGER) ? INDEXED_ROWS_UNKNOWN : count)));
        return index;
    }

    private static Positions position(long offset) {
        return Positions.of(TOPIC, Map.of(0, offset));
    }

    private static Instant arrival(long offset) {
        return Instant.parse("2026-11-20T11:00:00Z").plusSeconds(offset);
    }
}
