package io.bifocal.batch;

import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.CassandraManifestStore;
import io.bifocal.cassandra.InForce;
import io.bifocal.cassandra.ModelCatalog;
import io.bifocal.cassandra.ModelCatalog.AppliedModel;
import io.bifocal.core.config.Config;
import io.bifocal.core.config.ReadyFile;
import io.bifocal.spark.KafkaClients;
import io.bifocal.spark.SparkSessions;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The archiver process: archives every model of the catalog, each with a query of its own. */
public final class ArchiverMain {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiverMain.class);
    private static final long POLL_MILLIS = 1_000;
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

    public static void main(String[] arguments) throws InterruptedException {
        Config config = Config.load();
        CassandraConnection cassandra = CassandraConnection.shared(config);
        SparkSession spark = Sessions.start(config, "archiver");
        ModelCatalog catalog = new ModelCatalog(cassandra, Clock.systemUTC());
        InForce inForce = new InForce(catalog, new CassandraManifestStore(cassandra));
        ArchiverMain archiver = new ArchiverMain(spark, config, catalog, inForce, new CassandraBooks(cassandra));
        ReadyFile.announce();
        while (true) {
            archiver.follow();
            Thread.sleep(POLL_MILLIS);
        }
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

    private ArchiverThread start(String model) {
        ModelArchiver.Settings settings = new ModelArchiver.Settings(
                config.text(Config.Key.ARCHIVE_URI),
                KafkaClients.properties(config),
                SparkSessions.scratch(config).resolve("archiver").resolve(model),
                config.number(Config.Key.ARCHIVER_TRIGGER_MILLIS),
                MAX_RECORDS_AT_ONCE);
        ArchiverThread thread = new ArchiverThread(model, new ModelArchiver(spark, settings, books, Clock.systemUTC()));
        thread.start();
        return thread;
    }
}
