package io.bifocal.speed;

import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.KafkaSource;
import io.bifocal.spark.KafkaTopic;
import io.bifocal.spark.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.DataStreamReader;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of one model: joins the chain, reads Kafka from its end, and commits until it fails, is fenced or is stopped. Runs
 * are never resumed; what one did not commit, the next reads again.
 */
final class SpeedRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpeedRun.class);

    private final SparkSession spark;
    private final Settings settings;
    private final Admin admin;
    private final Path checkpoint;
    private final String id = UUID.randomUUID().toString();
    private volatile StreamingQuery query;
    private volatile boolean closed;

    /**
     * How runs are run.
     *
     * @param kafka properties of every Kafka client
     * @param scratch a directory in which each run makes its own
     * @param triggerMillis between the starts of micro-batches; 0: at once
     */
    record Settings(
            Map<String, String> kafka, Path scratch, long triggerMillis, long maxRecordsPerBatch, int batchesPerPart) {}

    SpeedRun(SparkSession spark, Settings settings) {
        this.spark = spark;
        this.settings = settings;
        this.admin = Admin.create(Map.copyOf(settings.kafka()));
        this.checkpoint = settings.scratch().resolve("speed-" + id);
    }

    /** Unique to this run. */
    String id() {
        return id;
    }

    /**
     * Runs to the run's end, and returns only if it was closed.
     *
     * @throws Refused as the manifest does
     */
    void run(
            Definition definition,
            ManifestEditor editor,
            ViewStoreSource views,
            LostRecords lostRecords,
            RunObserver observer) {
        String model = definition.model().name();
        String hash = DefinitionJson.hash(definition);
        KafkaTopic topic = KafkaTopic.read(admin, definition.model().source().topic());
        lostRecords.bridge(editor.readOrCreate(model, hash), hash, topic);
        LiveRun live = LiveRun.join(editor, views.store(), model, hash, id, settings.batchesPerPart());
        Positions from = live.end();
        LOG.info("run started: model={} run={} definition={} from={}", model, id, hash, from);
        MicroBatches batches = new MicroBatches(
                live,
                new MicroBatches.Source(topic, admin, checkpoint),
                CompiledDefinition.of(definition),
                views,
                observer);
        await(start(
                KafkaSource.stream(spark, topic, from, settings.kafka(), settings.maxRecordsPerBatch()),
                model,
                batches));
    }

    private StreamingQuery start(DataStreamReader reader, String model, MicroBatches batches) {
        try {
            Files.createDirectories(checkpoint);
            return reader.load()
                    .select(MicroBatchTask.COLUMNS.stream()
                            .map(functions::col)
                            .toArray(org.apache.spark.sql.Column[]::new))
                    .writeStream()
                    .queryName("speed " + model + " " + id)
                    .trigger(Trigger.ProcessingTime(settings.triggerMillis()))
                    .option("checkpointLocation", checkpoint.toUri().toString())
                    .foreachBatch(batches)
                    .start();
        } catch (IOException | TimeoutException failure) {
            throw new IllegalStateException("Cannot start the query of " + model, failure);
        }
    }

    private void await(StreamingQuery started) {
        query = started;
        if (closed) {
            stop(started);
        }
        try {
            started.awaitTermination();
        } catch (StreamingQueryException failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof Refused refused) {
                    throw refused;
                }
            }
            throw new IllegalStateException(failure.getCause() == null ? failure : failure.getCause());
        }
    }

    /** Ends the run; what it has not committed is read again by the next. */
    @Override
    public void close() {
        closed = true;
        StreamingQuery running = query;
        if (running != null) {
            stop(running);
        }
        admin.close();
        Scratch.delete(checkpoint);
    }

    private static void stop(StreamingQuery running) {
        try {
            running.stop();
        } catch (TimeoutException slow) {
            LOG.warn("query {} takes long to stop", running.name());
        }
    }
}
