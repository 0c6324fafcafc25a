package io.bifocal.batch;

import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.CassandraManifestStore;
import io.bifocal.cassandra.InForce;
import io.bifocal.cassandra.ModelCatalog;
import io.bifocal.cassandra.ModelCatalog.AppliedModel;
import io.bifocal.core.config.Config;
import io.bifocal.core.config.ReadyFile;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.error.BifocalException;
import io.bifocal.spark.KafkaClients;
import io.bifocal.spark.SparkProcess;
import io.bifocal.spark.SparkSessions;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The archiver process: archives every model of the catalog, each with a query of its own. */
public final class ArchiverMain {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiverMain.class);
    private static final long POLL_MILLIS = 1_000;
    private static final long GAP_POLL_MILLIS = 3_000;
    private static final long MAX_RECORDS_AT_ONCE = 200_000;

    private final SparkSession spark;
    private final Config config;
    private final ModelCatalog catalog;
    private final InForce inForce;
    private final ArchiveBooks books;
    private final Map<String, ArchiverThread> threads = new HashMap<>();

    private ArchiverMain(SparkSession spark, Config config, ModelCatalog catalog, InForce inForce, ArchiveBooks books) {
        this.spark = spark;
        this.config = config;
        this.catalog = catalog;
        this.inForce = inForce;
        this.books = books;
    }

    public static void main(String[] arguments) {
        SparkProcess.run("archiver", ArchiverMain::run);
    }

    /** Returns only if Spark has stopped. */
    private static int run(Config config) throws InterruptedException {
        CassandraConnection cassandra = CassandraConnection.shared(config);
        SparkSession spark = Sessions.start(config, "archiver");
        ModelCatalog catalog = new ModelCatalog(cassandra, Clock.systemUTC());
        ManifestStore manifests = new CassandraManifestStore(cassandra);
        InForce inForce = new InForce(catalog, manifests);
        ArchiverMain archiver = new ArchiverMain(spark, config, catalog, inForce, new CassandraBooks(cassandra));
        Admin admin = Admin.create(Map.copyOf(KafkaClients.properties(config)));
        ViewStores views = new CassandraViews(config);
        archiver.bridgeGaps(new Gaps(spark, archiver.archiveUri(), admin, archiver.books, manifests, views));
        archiver.audit(new Auditor(
                spark,
                archiver.archiveUri(),
                KafkaClients.properties(config),
                admin,
                archiver.books,
                manifests,
                views.open()));
        ReadyFile.announce();
        while (!spark.sparkContext().isStopped()) {
            archiver.follow();
            Thread.sleep(POLL_MILLIS);
        }
        LOG.error("Spark has stopped");
        return 1;
    }

    /** Archives what the catalog holds now. While it cannot be read, what is known of it goes on. */
    private void follow() {
        Map<String, AppliedModel> models = new HashMap<>();
        try {
            catalog.all().forEach(model -> models.put(model.name(), inForce.of(model)));
        } catch (RuntimeException failure) {
            LOG.warn("cannot read the catalog: {}", failure.getMessage());
            return;
        }
        models.forEach(
                (name, model) -> threads.computeIfAbsent(name, this::start).follow(model.definition()));
        threads.entrySet().removeIf(entry -> {
            boolean gone = !models.containsKey(entry.getKey());
            if (gone) {
                entry.getValue().end();
            }
            return gone;
        });
    }

    private void bridgeGaps(Gaps gaps) {
        beside("gaps", () -> {
            while (true) {
                Thread.sleep(GAP_POLL_MILLIS);
                try {
                    catalog.names().forEach(model -> bridge(gaps, model));
                } catch (RuntimeException failure) {
                    LOG.warn("cannot read the catalog: {}", failure.getMessage());
                }
            }
        });
    }

    private void audit(Auditor auditor) {
        beside("audit", () -> {
            auditor.run(inForce);
            return null;
        });
    }

    /** In a thread of its own, for ever: the archiving must wait for nothing. */
    private static void beside(String name, Callable<Void> work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.call();
                    } catch (Exception ended) {
                        LOG.info("{} ends: {}", name, ended.toString());
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private String archiveUri() {
        return config.text(Config.Key.ARCHIVE_URI);
    }

    private void bridge(Gaps gaps, String model) {
        try {
            boolean unused = gaps.bridge(model, hash -> inForce.byHash(model, hash));
        } catch (BifocalException away) {
            LOG.debug("cannot look for gaps of {}: {}", model, away.getMessage());
        } catch (Exception failure) { // Spark throws checked ones that it does not declare
            LOG.error("cannot bridge a gap of {}", model, failure);
        }
    }

    private ArchiverThread start(String model) {
        ModelArchiver.Settings settings = new ModelArchiver.Settings(
                archiveUri(),
                KafkaClients.properties(config),
                SparkSessions.scratch(config).resolve("archiver").resolve(model),
                config.number(Config.Key.ARCHIVER_TRIGGER_MILLIS),
                MAX_RECORDS_AT_ONCE);
        ArchiverThread thread = new ArchiverThread(model, new ModelArchiver(spark, settings, books, Clock.systemUTC()));
        thread.start();
        return thread;
    }
}
