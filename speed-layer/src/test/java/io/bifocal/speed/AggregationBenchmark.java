package io.bifocal.speed;

import com.sun.management.OperatingSystemMXBean;
import io.bifocal.core.cut.InMemoryManifestStore;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.Evaluator;
import io.bifocal.spark.KafkaTopic;
import io.bifocal.spark.MicroBatchOffsets;
import io.bifocal.spark.Outcome;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Spliterators;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

    private final SparkSession spark = TestSpark.session();
    private final Random random = new Random(2);
    private final OperatingSystemMXBean processor =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private AggregationBenchmark() {}

    /** One way to aggregate; gives the query that does it and tells the end of each micro-batch. */
    private interface Way {
        StreamingQuery start(TestTopic topic, Definition definition, Path checkpoint, Coverage covered)
                throws Exception;
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
            Coverage covered = new Coverage();
            StreamingQuery query = start(way, topic, covered);
            try {
                long first = covered.awaitMore(0);
                long start = System.nanoTime();
                long processorStart = processor.getProcessCpuTime();
                covered.awaitMore(BACKLOG - 1);
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
            Coverage covered = new Coverage();
            StreamingQuery query = start(way, topic, covered);
            try {
                covered.awaitMore(0);
                long published = 2;
                int perTick = RATE / 10;
                for (int tick = 0; tick < (WARM_UP_SECONDS + STEADY_SECONDS) * 10; tick++) {
                    long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
                    topic.publish(TestShop.events(random, perTick));
                    long created = System.nanoTime();
                    published += perTick;
                    covered.awaitMore(published - 1);
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

    private StreamingQuery start(Way way, TestTopic topic, Coverage covered) throws Exception {
        Path checkpoint = Files.createTempDirectory(TestSpark.settings(1).scratch(), "benchmark");
        return way.start(topic, TestShop.definition(topic.name()), checkpoint, covered);
    }

    private StreamingQuery partials(TestTopic topic, Definition definition, Path checkpoint, Coverage covered)
            throws Exception {
        return LivePath.start(
                read(topic),
                topic,
                definition,
                checkpoint,
                new LivePath.Stores(new InMemoryManifestStore(), new Nowhere()),
                covered);
    }

    private StreamingQuery stateful(TestTopic topic, Definition definition, Path checkpoint, Coverage covered)
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
        Dataset<Row> sums = LivePath.read(session, topic)
                .select("value")
                .as(Encoders.BINARY())
                .mapPartitions(new Events(CompiledDefinition.of(definition)), Encoders.row(type))
                .groupBy("hour", "country")
                .agg(functions.count("*"), functions.sum("units"), functions.sum("revenue"));
        VoidFunction2<Dataset<Row>, Long> sink = (rows, number) -> {
            rows.write().format("noop").mode("overwrite").save();
            covered.advance(source.advance(Positions.NONE, MicroBatchOffsets.end(checkpoint, number))
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
        return LivePath.read(spark, topic);
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
