package io.bifocal.serving.storage;

import io.bifocal.cassandra.AnswerSampleStore;
import io.bifocal.cassandra.ArchiveStore;
import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.CassandraManifestStore;
import io.bifocal.cassandra.CassandraViewStore;
import io.bifocal.cassandra.InForce;
import io.bifocal.cassandra.JobStore;
import io.bifocal.cassandra.ModelCatalog;
import io.bifocal.cassandra.QuarantineStore;
import io.bifocal.cassandra.ReconciliationStore;
import io.bifocal.cassandra.ScheduleStore;
import io.bifocal.core.config.Config;
import io.bifocal.core.config.ReadyFile;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.view.ViewStore;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Everything that is kept in Cassandra. It is connected in the background, for as long as that takes; until then every store
 * refuses with {@code UNAVAILABLE}.
 */
@Singleton
@Startup
public class Storage {
    private static final Logger LOG = Logger.getLogger(Storage.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long RETRY_MILLIS = 1_000;
    private static final int READS_IN_A_ROW = 4;

    private final Config config;
    private final Clock clock;
    private final Thread connector = new Thread(this::connect, "storage-connector");
    private volatile Optional<Stores> stores = Optional.empty();
    private volatile boolean closed;

    private record Stores(
            CassandraConnection connection,
            ManifestStore manifests,
            ViewStore views,
            ModelCatalog models,
            QuarantineStore quarantine,
            ArchiveStore archive,
            JobStore jobs,
            ScheduleStore schedules,
            ReconciliationStore reconciliations,
            AnswerSampleStore answers) {
        /** @param patience of what queries wait for, which have a deadline */
        static Stores on(CassandraConnection connection, Duration patience, Clock clock) {
            CassandraConnection prompt = connection.withRequestPatience(patience);
            return new Stores(
                    connection,
                    new CassandraManifestStore(prompt),
                    new CassandraViewStore(prompt),
                    new ModelCatalog(prompt, clock),
                    new QuarantineStore(connection),
                    new ArchiveStore(connection),
                    new JobStore(connection, clock),
                    new ScheduleStore(connection),
                    new ReconciliationStore(connection),
                    new AnswerSampleStore(connection));
        }
    }

    Storage(Config config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    @PostConstruct
    void start() {
        connector.setDaemon(true);
        connector.start();
    }

    /** Whether the stores may be used. */
    public boolean connected() {
        return stores.isPresent();
    }

    public ManifestStore manifests() {
        return stores().manifests();
    }

    public ViewStore views() {
        return stores().views();
    }

    public ModelCatalog models() {
        return stores().models();
    }

    /** Which version of each model answers are given with. */
    public InForce inForce() {
        return new InForce(models(), manifests());
    }

    public QuarantineStore quarantine() {
        return stores().quarantine();
    }

    public ArchiveStore archive() {
        return stores().archive();
    }

    public JobStore jobs() {
        return stores().jobs();
    }

    public ReconciliationStore reconciliations() {
        return stores().reconciliations();
    }

    public AnswerSampleStore answers() {
        return stores().answers();
    }

    public ScheduleStore schedules() {
        return stores().schedules();
    }

    private Stores stores() {
        return stores.orElseThrow(() -> Errors.of(
                ErrorCode.UNAVAILABLE,
                "This server is not connected to Cassandra yet.",
                "Try again in a moment; /q/health says when it is ready."));
    }

    /** An answer reads the catalog, the manifest, indexes and rows, one after the other. */
    private Duration readPatience() {
        return Duration.ofMillis(config.number(Config.Key.QUERY_DEADLINE_MILLIS) / READS_IN_A_ROW);
    }

    private void connect() {
        while (!closed) {
            try {
                stores = Optional.of(Stores.on(CassandraConnection.open(config, PATIENCE), readPatience(), clock));
                ReadyFile.announce();
                return;
            } catch (BifocalException failure) {
                LOG.warn("Not connected to Cassandra: " + failure.getMessage());
            } catch (RuntimeException failure) {
                LOG.warn("Not connected to Cassandra", failure);
            }
            try {
                Thread.sleep(RETRY_MILLIS);
            } catch (InterruptedException stopped) {
                return;
            }
        }
    }

    @PreDestroy
    void close() {
        closed = true;
        connector.interrupt();
        stores.ifPresent(open -> open.connection().close());
    }
}
