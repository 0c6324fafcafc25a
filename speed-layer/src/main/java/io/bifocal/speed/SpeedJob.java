package io.bifocal.speed;

import io.bifocal.cassandra.ArchiveStore;
import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.CassandraManifestStore;
import io.bifocal.cassandra.HeartbeatStore;
import io.bifocal.cassandra.InForce;
import io.bifocal.cassandra.ModelCatalog;
import io.bifocal.core.config.Config;
import io.bifocal.core.config.ReadyFile;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.query.Definitions;
import io.bifocal.spark.KafkaClients;
import io.bifocal.spark.SparkProcess;
import io.bifocal.spark.SparkSessions;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The speed layer's process: counts every record of every model within moments of its arrival, and keeps the chains of parts
 * short. Ends with 1 only if it cannot go on at all; whatever concerns one model is tried again.
 */
public final class SpeedJob {
    private static final Logger LOG = LoggerFactory.getLogger(SpeedJob.class);
    private static final Duration FRESH_HEARTBEAT = Duration.ofSeconds(15);
    private static final long POLL_MILLIS = 1000;

    private SpeedJob() {}

    public static void main(String[] arguments) {
        SparkProcess.run("speed job", SpeedJob::run);
    }

    private static int run(Config config) throws InterruptedException {
        Clock clock = Clock.systemUTC();
        CassandraConnection connection = CassandraConnection.shared(config);
        SparkSession spark = SparkSessions.stream(config, "bifocal speed");
        ManifestStore manifests = new CassandraManifestStore(connection);
        ManifestEditor editor = new ManifestEditor(manifests, clock);
        Definitions definitions = new InForce(new ModelCatalog(connection, clock), manifests);
        ViewStoreSource views = new CassandraViews(config);
        Heartbeats heartbeats = new CassandraHeartbeats(
                new HeartbeatStore(connection), clock, UUID.randomUUID().toString(), FRESH_HEARTBEAT);
        LostRecords lostRecords = new LostRecords(editor, new ArchiveStore(connection)::progress);
        SpeedRun.Settings settings = settings(config);
        ModelLoops loops = new ModelLoops(
                definitions,
                editor,
                (chain, progress) -> new ModelLoop(
                        chain,
                        definitions,
                        editor,
                        views,
                        lostRecords,
                        () -> new SpeedRun(spark, settings),
                        progress,
                        heartbeats),
                heartbeats,
                clock);
        Upkeep upkeep = Upkeep.start(config, definitions, editor, views.store(), clock);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            ended.countDown();
            upkeep.close();
            loops.close();
        }));
        ReadyFile.announce();
        LOG.info("speed job ready");
        return poll(loops, spark, ended);
    }

    private static int poll(ModelLoops loops, SparkSession spark, CountDownLatch ended) throws InterruptedException {
        while (!ended.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            if (spark.sparkContext().isStopped()) {
                LOG.error("Spark has stopped");
                return 1;
            }
            loops.poll();
        }
        return 0;
    }

    private static SpeedRun.Settings settings(Config config) {
        return new SpeedRun.Settings(
                KafkaClients.properties(config),
                SparkSessions.scratch(config),
                config.number(Config.Key.SPEED_TRIGGER_MILLIS),
                config.number(Config.Key.SPEED_MAX_RECORDS_PER_BATCH),
                config.number(Config.Key.SPEED_BATCHES_PER_PART));
    }
}
