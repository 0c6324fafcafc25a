package io.bifocal.speed;

import io.bifocal.core.config.Config;
import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.infra.local.LocalKafka;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.KafkaTopic;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;

/** The speed job's own micro-batches over a topic, for benchmarks: into stores of their choice. */
final class LivePath {
    private static final Config DEFAULTS = Config.of(Map.of(), Map.of());

    private LivePath() {}

    /** Where micro-batches go. */
    record Stores(ManifestStore manifests, ViewStoreSource views) {}

    static Dataset<Row> read(SparkSession session, TestTopic topic) {
        return session.readStream()
                .format("kafka")
                .option("kafka.bootstrap.servers", LocalKafka.bootstrapServers())
                .option("subscribe", topic.name())
                .option("startingOffsets", "earliest")
                .option("maxOffsetsPerTrigger", DEFAULTS.number(Config.Key.SPEED_MAX_RECORDS_PER_BATCH))
                .load();
    }

    /** Starts a run from the topic's beginning, which tells of each micro-batch when it is committed. */
    static StreamingQuery start(
            Dataset<Row> records,
            TestTopic topic,
            Definition definition,
            Path checkpoint,
            Stores stores,
            Coverage covered)
            throws TimeoutException {
        LiveRun run = LiveRun.join(
                new ManifestEditor(stores.manifests(), Clock.systemUTC()),
                stores.views().store(),
                definition.model().name(),
                DefinitionJson.hash(definition),
                UUID.randomUUID().toString(),
                DEFAULTS.number(Config.Key.SPEED_BATCHES_PER_PART));
        MicroBatches batches = new MicroBatches(
                run,
                new MicroBatches.Source(KafkaTopic.read(topic.admin(), topic.name()), topic.admin(), checkpoint),
                CompiledDefinition.of(definition),
                stores.views(),
                (to, count, quarantined) -> covered.advance(to.minus(Positions.NONE)));
        return records.select(
                        MicroBatchTask.COLUMNS.stream().map(functions::col).toArray(Column[]::new))
                .writeStream()
                .trigger(Trigger.ProcessingTime(0))
                .option("checkpointLocation", checkpoint.toUri().toString())
                .foreachBatch(batches)
                .start();
    }
}
