package io.bifocal.batch;

import io.bifocal.core.cut.Hole;
import io.bifocal.core.cut.InMemoryManifestStore;
import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
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
    final ManifestEditor editor = new ManifestEditor(new InMemoryManifestStore(), Clock.systemUTC());
    final RestatementsInMemory restatements = new RestatementsInMemory();
    final List<String> messages = new ArrayList<>();
    private final List<SourceRecord> log = new ArrayList<>();
    private final List<PlainEvent> events = new ArrayList<>();
    private final long[] ends = new long[PARTITIONS];
    private final Appender appender;
    private final ArchiveRows rows;
    private final LiveRun run;
    private int archived;
    private int counted;

    World(Definition definition) {
        this(definition, List.of());
    }

    /** @param lost what Kafka had deleted before it was archived, of the topic {@link #TOPIC_ID} */
    World(Definition definition, List<Hole> lost) {
        this.definition = definition;
        this.compiled = CompiledDefinition.of(definition);
        this.lake = new Lake(Local.SPARK, Local.archiveUri(), model());
        StructType event = ArchiveSchema.event(definition.model(), new StructType());
        ArchiveTable archive = lake.archive();
        archive.createIfAbsent(event);
        this.rows = new ArchiveRows(compiled, event, TOPIC_ID);
        this.appender = new Appender(
                model(),
                UUID.randomUUID().toString(),
                archive,
                new BooksInMemory(),
                Clock.systemUTC(),
                archive.log().newest().orElse(Appender.NOTHING),
                lost);
        this.run = LiveRun.join(editor, VIEWS, model(), DefinitionJson.hash(definition), "run", 100);
    }

    String model() {
        return definition.model().name();
    }

    /** An order arrives. */
    World order(String id, String at, String country, String amount) {
        int partition = log.size() % PARTITIONS;
        String text = country == null ? "null" : "\"" + country + "\"";
        BigDecimal value = new BigDecimal(amount).setScale(2);
        Map<String, Object> dimensions = new HashMap<>();
        dimensions.put("country", country);
        events.add(new PlainEvent(
                Instant.parse(at),
                partition,
                ends[partition],
                definition.model().identity().isEmpty() ? List.of() : List.of(id),
                dimensions,
                Map.of("orders", true, "revenue", value, "buyers", id, "largest", value)));
        return record("{\"id\":\"%s\",\"at\":\"%s\",\"country\":%s,\"amount\":\"%s\"}".formatted(id, at, text, amount));
    }

    /** Anything arrives. */
    World record(String payload) {
        int partition = log.size() % PARTITIONS;
        log.add(new SourceRecord(
                TOPIC_ID,
                partition,
                ends[partition]++,
                FIRST_ARRIVAL.plusSeconds(log.size() * 60L).toEpochMilli(),
                payload.getBytes(StandardCharsets.UTF_8)));
        return this;
    }

    /** The archiver catches up. */
    World archive() {
        List<Row> kafka = log.subList(archived, log.size()).stream()
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
        appender.append(rows.of(batch), positions(), () -> {});
        archived = log.size();
        return this;
    }

    /** The speed job catches up. */
    World count() {
        return count(compiled);
    }

    /** The speed job catches up, and takes the definition for another. */
    World count(CompiledDefinition believed) {
        Positions from = run.end();
        LiveRun.Slot slot = run.next();
        List<SourceRecord> batch = log.subList(counted, log.size());
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
        counted = log.size();
        return this;
    }

    /** Somebody lays hands on the rows of the last live part. */
    World tamper(UnaryOperator<List<ViewRow>> hand) {
        String part = manifest().chain().get(manifest().chain().size() - 1).id();
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
            offsets.put(partition, ends[partition]);
        }
        return Positions.of(TOPIC_ID, offsets);
    }

    long records() {
        return log.size();
    }

    GenerationJob job() {
        return new GenerationJob(lake, compiled, editor, () -> VIEWS, settings(), restating(), monitor());
    }

    Restating restating() {
        return new Restating(lake, editor, () -> VIEWS, restatements, Duration.ofMinutes(2), Clock.systemUTC());
    }

    GenerationJob.Settings settings() {
        return new GenerationJob.Settings("job", Duration.ofMinutes(1), 7, Duration.ZERO);
    }

    Monitor monitor() {
        return new Monitor() {
            @Override
            public void report(double progress, String message) {
                messages.add(message);
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
                .answer(Oracle.withoutDuplicates(events), view.dimensions(), Optional.of(view.grid()));
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
