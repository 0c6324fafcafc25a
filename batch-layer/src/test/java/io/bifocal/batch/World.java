package io.bifocal.batch;

import io.bifocal.core.cut.Hole;
import io.bifocal.core.cut.InMemoryManifestStore;
import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.PartId;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.oracle.Oracle;
import io.bifocal.core.oracle.Oracle.Group;
import io.bifocal.core.oracle.PlainEvent;
import io.bifocal.core.oracle.StoredAnswer;
import io.bifocal.core.view.InMemoryViewStore;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.PartialsTask;
import io.bifocal.spark.SourceRecord;
import io.bifocal.spark.TaskSummary;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A model's topic, archive, live run and views, moved on step by step, and what every answer must be. */
final class World {
    static final ViewStore VIEWS = new InMemoryViewStore();
    static final int PARTITIONS = 2;
    static final String TOPIC_ID = "topic-1";
    private static final Instant FIRST_ARRIVAL = Instant.parse("2024-04-01T22:00:00Z");
    private static final StructType KAFKA = new StructType()
            .add("key", DataTypes.BinaryType)
            .add("value", DataTypes.BinaryType)
            .add("topic", DataTypes.StringType)
            .add("partition", DataTypes.IntegerType)
            .add("offset", DataTypes.LongType)
            .add("timestamp", DataTypes.TimestampType)
            .add(
                    "headers",
                    DataTypes.createArrayType(
                            new StructType().add("key", DataTypes.StringType).add("value", DataTypes.BinaryType)));

    final Definition definition;
    final CompiledDefinition compiled;
    final Lake lake;
    final ManifestEditor editor;
    final RestatementsInMemory restatements = new RestatementsInMemory();
    final List<String> messages;
    Runnable beforePublishing = () -> {};
    int keep = 7;
    private final Topic topic;
    private final ArchiveRows rows;
    private LiveRun run;
    private int counted;

    /** What worlds of one model share that read it with different definitions. */
    private static final class Topic {
        private final List<SourceRecord> log = new ArrayList<>();
        private final List<Order> orders = new ArrayList<>();
        private final long[] ends = new long[PARTITIONS];
        private Appender appender;
        private int archived;
    }

    private record Order(int partition, long offset, String id, String at, String country, String amount) {}

    World(Definition definition) {
        this(definition, List.of());
    }

    /** @param lost what Kafka had deleted before it was archived, of the topic {@link #TOPIC_ID} */
    World(Definition definition, List<Hole> lost) {
        this.definition = definition;
        this.compiled = CompiledDefinition.of(definition);
        this.editor = new ManifestEditor(new InMemoryManifestStore(), Clock.systemUTC());
        this.messages = new ArrayList<>();
        this.topic = new Topic();
        this.lake = new Lake(Local.SPARK, Local.archiveUri(), model());
        StructType event = ArchiveSchema.event(definition.model(), new StructType());
        ArchiveTable archive = lake.archive();
        archive.createIfAbsent(event);
        this.rows = new ArchiveRows(compiled, event);
        this.topic.appender = new Appender(
                model(),
                UUID.randomUUID().toString(),
                archive,
                new BooksInMemory(),
                Clock.systemUTC(),
                archive.archived(),
                lost);
        rejoin();
    }

    private World(World same, Definition definition) {
        this.definition = definition;
        this.compiled = CompiledDefinition.of(definition);
        this.editor = same.editor;
        this.messages = same.messages;
        this.topic = same.topic;
        this.lake = same.lake;
        StructType event = ArchiveSchema.event(
                definition.model(), ArchiveSchema.event(lake.archive().schema()));
        this.rows = new ArchiveRows(compiled, event);
    }

    /** The same model under another definition, with which nothing is counted yet. */
    World redefinedAs(Definition other) {
        return new World(this, other);
    }

    /** The speed job starts a run, which goes on where the chain ends. */
    World rejoin() {
        run = LiveRun.join(
                editor,
                VIEWS,
                model(),
                DefinitionJson.hash(definition),
                UUID.randomUUID().toString(),
                100);
        counted = Math.toIntExact(run.end().minus(Positions.NONE));
        return this;
    }

    String model() {
        return definition.model().name();
    }

    /** An order arrives. */
    World order(String id, String at, String country, String amount) {
        return order(topic.log.size() % PARTITIONS, id, at, country, amount);
    }

    /** An order in one partition. */
    World order(int partition, String id, String at, String country, String amount) {
        String text = country == null ? "null" : "\"" + country + "\"";
        topic.orders.add(new Order(partition, topic.ends[partition], id, at, country, amount));
        return record(
                partition,
                "{\"id\":\"%s\",\"at\":\"%s\",\"country\":%s,\"amount\":\"%s\"}".formatted(id, at, text, amount));
    }

    private List<PlainEvent> events() {
        ValueType type = definition.inputTypes().get("revenue");
        List<PlainEvent> events = new ArrayList<>();
        for (Order order : topic.orders) {
            BigDecimal decimal = new BigDecimal(order.amount());
            boolean whole = decimal.stripTrailingZeros().scale() <= 0;
            if (type.kind() != ValueType.Kind.LONG || whole) {
                Object amount =
                        type.kind() == ValueType.Kind.LONG ? (Object) decimal.longValueExact() : decimal.setScale(2);
                Map<String, Object> dimensions = new HashMap<>();
                dimensions.put("country", order.country());
                events.add(new PlainEvent(
                        Instant.parse(order.at()),
                        order.partition(),
                        order.offset(),
                        definition.model().identity().isEmpty() ? List.of() : List.of(order.id()),
                        dimensions,
                        Map.of(
                                "orders",
                                true,
                                "revenue",
                                amount,
                                "buyers",
                                order.id(),
                                "largest",
                                amount,
                                "smallest",
                                amount)));
            }
        }
        return events;
    }

    /** Records that the live run has counted, quarantined ones among them. */
    long counted() {
        return manifest().end().minus(Positions.NONE);
    }

    /** Of all records, those that are no events. */
    long malformed() {
        return (long) topic.log.size() - events().size();
    }

    List<String> rollups() {
        return definition.model().rollups().stream().map(Model.Rollup::name).toList();
    }

    /** Anything arrives. */
    World record(String payload) {
        return record(topic.log.size() % PARTITIONS, payload);
    }

    private World record(int partition, String payload) {
        topic.log.add(new SourceRecord(
                TOPIC_ID,
                partition,
                topic.ends[partition]++,
                FIRST_ARRIVAL.plusSeconds(topic.log.size() * 60L).toEpochMilli(),
                payload.getBytes(StandardCharsets.UTF_8)));
        return this;
    }

    /** The archiver catches up. */
    World archive() {
        List<Row> kafka = topic.log.subList(topic.archived, topic.log.size()).stream()
                .map(record -> RowFactory.create(
                        null,
                        record.payload(),
                        model(),
                        record.partition(),
                        record.offset(),
                        Instant.ofEpochMilli(record.brokerMillis()),
                        null))
                .toList();
        Dataset<Row> batch = Local.SPARK.createDataFrame(kafka, KAFKA);
        topic.appender.append(rows.of(batch, TOPIC_ID), positions(), () -> {});
        topic.archived = topic.log.size();
        return this;
    }

    /** Nobody has counted what arrived, and nobody has it now. */
    World lose() {
        editor.apply(
                model(),
                (current, now) -> current.bridge(
                        Part.hole(
                                PartId.next("hole", current.version()), current.end(), positions(), current.version()),
                        DefinitionJson.hash(definition),
                        now));
        return rejoin();
    }

    /** The speed job catches up. */
    World count() {
        return count(compiled);
    }

    /** The speed job catches up, and takes the definition for another. */
    World count(CompiledDefinition believed) {
        Positions from = run.end();
        LiveRun.Slot slot = run.next();
        List<SourceRecord> batch = topic.log.subList(counted, topic.log.size());
        TaskSummary summary = new PartialsTask(believed)
                .run(batch.iterator(), slot.batch(), 0, some -> VIEWS.write(model(), slot.part(), some));
        VIEWS.writeIndex(
                model(),
                slot.part(),
                summary.days().stream()
                        .map(day -> new ViewStore.PartDay(day.view(), day.day(), slot.part(), day.rows()))
                        .toList());
        Instant last = Instant.ofEpochMilli(batch.get(batch.size() - 1).brokerMillis());
        if (!run.commit(from, positions(), batch.size(), last)) {
            return count(believed);
        }
        counted = topic.log.size();
        return this;
    }

    /** Somebody lays hands on the rows of the last live part. */
    World tamper(UnaryOperator<List<ViewRow>> hand) {
        return tamper(manifest().chain().get(manifest().chain().size() - 1).id(), hand);
    }

    /** Somebody lays hands on the rows of a part. */
    World tamper(String part, UnaryOperator<List<ViewRow>> hand) {
        List<ViewStore.PartDay> index =
                VIEWS.index(model(), part).toCompletableFuture().join();
        List<ViewRow> rows = index.stream()
                .flatMap(day -> VIEWS
                        .rows(model(), part, view(day.view()), day.day(), Long.MIN_VALUE, Long.MAX_VALUE)
                        .toCompletableFuture()
                        .join()
                        .stream())
                .toList();
        VIEWS.drop(model(), part);
        VIEWS.register(model(), part);
        VIEWS.write(model(), part, hand.apply(rows));
        VIEWS.writeIndex(model(), part, index);
        return this;
    }

    Positions positions() {
        Map<Integer, Long> offsets = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            offsets.put(partition, topic.ends[partition]);
        }
        return Positions.of(TOPIC_ID, offsets);
    }

    long records() {
        return topic.log.size();
    }

    GenerationJob job() {
        return new GenerationJob(context(), restating());
    }

    Restating restating() {
        return new Restating(lake, editor, () -> VIEWS, restatements, Duration.ofMinutes(2), Clock.systemUTC());
    }

    BackfillJob backfill(long eventsPerChunk) {
        return new BackfillJob(context(), eventsPerChunk);
    }

    JobContext context() {
        JobContext.Settings settings =
                new JobContext.Settings("job", Duration.ofMinutes(1), keep, false, Duration.ZERO);
        return new JobContext(lake, compiled, editor, () -> VIEWS, () -> Optional.of(TOPIC_ID), settings, monitor());
    }

    Monitor monitor() {
        return new Monitor() {
            @Override
            public void report(double progress, String message) {
                messages.add(message);
            }

            @Override
            public void passPointOfNoReturn() {
                beforePublishing.run();
            }

            @Override
            public void pause(Duration some) {
                if (messages.size() > 100) {
                    throw new IllegalStateException("waits for ever: " + messages.get(messages.size() - 1));
                }
            }
        };
    }

    Manifest manifest() {
        return editor.read(model());
    }

    View view(String name) {
        return View.of(definition).stream()
                .filter(view -> view.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** What the manifest says now, by bucket and key, by metric. */
    Map<Group, Map<String, Object>> stored(String rollup) {
        View view = view(rollup);
        Map<Group, Map<String, Object>> named = new LinkedHashMap<>();
        StoredAnswer.of(VIEWS, manifest(), view).forEach((group, values) -> {
            Map<String, Object> byName = new HashMap<>();
            for (int i = 0; i < values.size(); i++) {
                byName.put(
                        definition.model().simpleMetrics().get(i).name(),
                        values.get(i).result());
            }
            named.put(group, byName);
        });
        return named;
    }

    /** What it must say, of each event once. */
    Map<Group, Map<String, Object>> expected(String rollup) {
        View view = view(rollup);
        return new Oracle(definition)
                .answer(Oracle.withoutDuplicates(events()), view.dimensions(), Optional.of(view.grid()));
    }

    /** Records by whether they are quarantined, as the ledger's view counts them. */
    Map<Object, Long> ledger() {
        Map<Object, Long> counts = new HashMap<>();
        StoredAnswer.of(VIEWS, manifest(), view(View.LEDGER))
                .forEach((group, values) ->
                        counts.merge(group.key().get(2), (Long) values.get(0).result(), Long::sum));
        return counts;
    }
}
