package io.bifocal.speed;

import com.sun.management.OperatingSystemMXBean;
import io.bifocal.core.cut.InMemoryManifestStore;
import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import io.bifocal.infra.local.LocalKafka;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.Evaluator;
import io.bifocal.spark.KafkaTopic;
import io.bifocal.spark.MicroBatchOffsets;
import io.bifocal.spark.Outcome;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.DataStreamWriter;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;

/**
 * Partials per micro-batch against Spark's stateful aggregation with RocksDB: the same records from a real Kafka, parsed and
 * typed by the same evaluator, summed by country and hour, into a sink that keeps nothing. Prints, for several rounds in
 * turn, the records a second over a backlog, the processor time that a record took of this process (which other processes on
 * the machine disturb less), and the milliseconds from a record's creation to the end of its micro-batch at a steady rate.
 * {@code main} takes the number of rounds.
 */
public final class AggregationBenchmark {
    private static final int BACKLOG = 1_000_000;
    private static final int RATE = 1_000;
    private static final int STEADY_SECONDS = 10;
    private static final int WARM_UP_SECONDS = 5;
    private static final int MAX_RECORDS = 200_000;

    private final SparkSession spark = TestSpark.session();
    private final Random random = new Random(2);
    private final OperatingSystemMXBean processor =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private AggregationBenchmark() {}

    /** One way to aggregate; gives the query that does it and tells the end of each micro-batch. */
    private interface Way {
        StreamingQuery start(TestTopic topic, Definition definition, Path checkpoint, AtomicLong covered)
                throws Exception;
    }

    /** A store that takes everything and keeps nothing. */
    private static final class Nowhere implements ViewStore, ViewStoreSource {
        private static final long serialVersionUID = 1L;

        @Override
        public ViewStore store() {
            return this;
        }

        @Override
        public void register(String model, String part) {}

        @Override
        public List<String> parts(String model) {
            return List.of();
        }

        @Override
        public void write(String model, String part, Collection<ViewRow> rows) {}

        @Override
        public void writeIndex(String model, String part, Collection<PartDay> days) {}

        @Override
        public CompletionStage<List<PartDay>> index(String model, String part) {
            return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public CompletionStage<List<ViewRow>> rows(
                String model, String source, View view, int day, long from, long to) {
            return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public void drop(String model, String part) {}

        @Override
        public void dropDays(String model, String part, Collection<PartDay> days) {}
    }

    @SuppressWarnings("SystemExitOutsideMain") // Spark leaves threads behind
    public static void main(String[] args) throws Exception {
        int rounds = args.length == 0 ? 3 : Integer.parseInt(args[0]);
        AggregationBenchmark benchmark = new AggregationBenchmark();
        for (int round = 0; round < rounds; round++) {
            benchmark.measure("partials", benchmark::partials);
            benchmark.measure("stateful", benchmark::stateful);
        }
        System.exit(0);
    }

    private void measure(String name, Way way) throws Exception {
        Backlog backlog = backlog(way);
        List<Long> latencies = steady(way);
        System.out.printf(
                "%s: backlog %.0f records/s, %.1f us of processor time a record, latency p50 %d ms, p99 %d ms%n",
                name,
                backlog.recordsPerSecond(),
                backlog.processorMicrosPerRecord(),
                latencies.get(latencies.size() / 2),
                latencies.get(latencies.size() * 99 / 100));
    }

    private record Backlog(double recordsPerSecond, double processorMicrosPerRecord) {}

    /** From the end of the first micro-batch, so that the start of Spark does not count. */
    private Backlog backlog(Way way) throws Exception {
        try (TestTopic topic = new TestTopic()) {
            for (int i = 0; i < BACKLOG / 10_000; i++) {
                topic.publish(TestShop.events(random, 10_000));
            }
            AtomicLong covered = new AtomicLong();
            StreamingQuery query = start(way, topic, covered);
            try {
                long first = awaitMore(covered, 0);
                long start = System.nanoTime();
                long processorStart = processor.getProcessCpuTime();
                while (covered.get() < BACKLOG) {
                    awaitMore(covered, covered.get());
                }
                double records = BACKLOG - first;
                return new Backlog(
                        records * 1e9 / Math.max(1, System.nanoTime() - start),
                        (processor.getProcessCpuTime() - processorStart) / 1e3 / records);
            } finally {
                query.stop();
            }
        }
    }

    /** For each tenth of a second's records: how long until the micro-batch that holds the last of them has ended. */
    private List<Long> steady(Way way) throws Exception {
        List<Long> latencies = new ArrayList<>();
        try (TestTopic topic = new TestTopic()) {
            topic.publish(TestShop.events(random, 2));
            AtomicLong covered = new AtomicLong();
            StreamingQuery query = start(way, topic, covered);
            try {
                awaitMore(covered, 0);
                long published = 2;
                int perTick = RATE / 10;
                for (int tick = 0; tick < (WARM_UP_SECONDS + STEADY_SECONDS) * 10; tick++) {
                    long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
                    topic.publish(TestShop.events(random, perTick));
                    long created = System.nanoTime();
                    published += perTick;
                    while (covered.get() < published) {
                        awaitMore(covered, covered.get());
                    }
                    if (tick >= WARM_UP_SECONDS * 10) {
                        latencies.add((System.nanoTime() - created) / 1_000_000);
                    }
                    long left = due - System.nanoTime();
                    if (left > 0) {
                        new CountDownLatch(1).await(left, TimeUnit.NANOSECONDS);
                    }
                }
            } finally {
                query.stop();
            }
        }
        return latencies.stream().sorted().toList();
    }

    private StreamingQuery start(Way way, TestTopic topic, AtomicLong covered) throws Exception {
        Path checkpoint = Files.createTempDirectory(TestSpark.settings(1).scratch(), "benchmark");
        return way.start(topic, TestShop.definition(topic.name()), checkpoint, covered);
    }

    private static long awaitMore(AtomicLong covered, long than) throws InterruptedException {
        synchronized (covered) {
            while (covered.get() <= than) {
                covered.wait(10_000);
            }
            return covered.get();
        }
    }

    private static void advance(AtomicLong covered, long to) {
        synchronized (covered) {
            covered.set(to);
            covered.notifyAll();
        }
    }

    private StreamingQuery partials(TestTopic topic, Definition definition, Path checkpoint, AtomicLong covered)
            throws Exception {
        ManifestEditor editor = new ManifestEditor(new InMemoryManifestStore(), Clock.systemUTC());
        Nowhere nowhere = new Nowhere();
        LiveRun run = LiveRun.join(
                editor, nowhere, definition.model().name(), DefinitionJson.hash(definition), "run", 1_000_000);
        MicroBatches batches = new MicroBatches(
                run,
                new MicroBatches.Source(KafkaTopic.read(topic.admin(), topic.name()), topic.admin(), checkpoint),
                CompiledDefinition.of(definition),
                nowhere,
                (to, records, quarantined) -> advance(covered, to.minus(Positions.NONE)));
        return read(topic)
                .select(MicroBatchTask.COLUMNS.stream().map(functions::col).toArray(org.apache.spark.sql.Column[]::new))
                .writeStream()
                .trigger(Trigger.ProcessingTime(0))
                .option("checkpointLocation", checkpoint.toUri().toString())
                .foreachBatch(batches)
                .start();
    }

    private StreamingQuery stateful(TestTopic topic, Definition definition, Path checkpoint, AtomicLong covered)
            throws Exception {
        SparkSession session = spark.newSession();
        session.conf()
                .set(
                        "spark.sql.streaming.stateStore.providerClass",
                        "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider");
        session.conf().set("spark.sql.streaming.stateStore.rocksdb.changelogCheckpointing.enabled", "true");
        session.conf().set("spark.sql.shuffle.partitions", "2");
        StructType type = new StructType()
                .add("hour", "timestamp")
                .add("country", "string")
                .add("units", "long")
                .add("revenue", "decimal(31,2)");
        KafkaTopic source = KafkaTopic.read(topic.admin(), topic.name());
        Dataset<Row> sums = read(session, topic)
                .select("value")
                .as(Encoders.BINARY())
                .mapPartitions(new Events(CompiledDefinition.of(definition)), Encoders.row(type))
                .groupBy("hour", "country")
                .agg(functions.count("*"), functions.sum("units"), functions.sum("revenue"));
        VoidFunction2<Dataset<Row>, Long> sink = (rows, number) -> {
            rows.write().format("noop").mode("overwrite").save();
            advance(
                    covered,
                    source.advance(Positions.NONE, MicroBatchOffsets.end(checkpoint, number))
                            .minus(Positions.NONE));
        };
        DataStreamWriter<Row> writer = sums.writeStream()
                .outputMode("update")
                .trigger(Trigger.ProcessingTime(0))
                .option("checkpointLocation", checkpoint.toUri().toString())
                .foreachBatch(sink);
        return writer.start();
    }

    private Dataset<Row> read(TestTopic topic) {
        return read(spark, topic);
    }

    private static Dataset<Row> read(SparkSession session, TestTopic topic) {
        return session.readStream()
                .format("kafka")
                .option("kafka.bootstrap.servers", LocalKafka.bootstrapServers())
                .option("subscribe", topic.name())
                .option("startingOffsets", "earliest")
                .option("maxOffsetsPerTrigger", MAX_RECORDS)
                .load();
    }

    /** What the stateful way groups: the evaluator's events as rows. */
    private static final class Events implements MapPartitionsFunction<byte[], Row> {
        private static final long serialVersionUID = 1L;
        private static final long HOUR_MILLIS = 3_600_000;

        private final CompiledDefinition definition;

        Events(CompiledDefinition definition) {
            this.definition = definition;
        }

        @Override
        public Iterator<Row> call(Iterator<byte[]> payloads) {
            Evaluator evaluator = definition.evaluator();
            return StreamSupport.stream(Spliterators.spliteratorUnknownSize(payloads, 0), false)
                    .map(evaluator::evaluate)
                    .filter(Outcome.Event.class::isInstance)
                    .map(outcome -> row((Outcome.Event) outcome))
                    .iterator();
        }

        private static Row row(Outcome.Event event) {
            long millis = Math.floorDiv(event.timeMicros(), 1000L);
            Instant hour = Instant.ofEpochMilli(millis - Math.floorMod(millis, HOUR_MILLIS));
            return RowFactory.create(hour, event.dimensions()[0], event.inputs()[1], event.inputs()[2]);
        }
    }
}
