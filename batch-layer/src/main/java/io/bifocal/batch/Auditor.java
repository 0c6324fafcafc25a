package io.bifocal.batch;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.ledger.LedgerAudit;
import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Definitions;
import io.bifocal.core.view.ViewStore;
import io.bifocal.spark.KafkaTopic;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Audits the archives of models, and tells what comes of it. */
final class Auditor {
    private static final Logger LOG = LoggerFactory.getLogger(Auditor.class);

    private static final long SHORTEST_PAUSE_MILLIS = 30_000;
    private static final int PAUSE_TO_WORK = 50;

    private final SparkSession spark;
    private final String archiveUri;
    private final Map<String, String> kafka;
    private final Admin admin;
    private final ArchiveBooks books;
    private final ManifestStore manifests;
    private final ViewStore views;

    Auditor(
            SparkSession spark,
            String archiveUri,
            Map<String, String> kafka,
            Admin admin,
            ArchiveBooks books,
            ManifestStore manifests,
            ViewStore views) {
        this.spark = spark;
        this.archiveUri = archiveUri;
        this.kafka = kafka;
        this.admin = admin;
        this.books = books;
        this.manifests = manifests;
        this.views = views;
    }

    /**
     * Audits all models for ever. Each round costs a look at all records, so the pause before the next follows what the
     * last one took.
     */
    void run(Definitions definitions) throws InterruptedException {
        long pauseMillis = SHORTEST_PAUSE_MILLIS;
        while (true) {
            Thread.sleep(pauseMillis);
            long begun = System.nanoTime();
            try {
                for (String model : definitions.models()) {
                    definitions.current(model).ifPresent(this::attempt);
                }
            } catch (RuntimeException failure) {
                LOG.warn("cannot read the catalog: {}", failure.getMessage());
            }
            long tookMillis = (System.nanoTime() - begun) / 1_000_000;
            pauseMillis = Math.max(SHORTEST_PAUSE_MILLIS, tookMillis * PAUSE_TO_WORK);
        }
    }

    private void attempt(Definition definition) {
        String model = definition.model().name();
        try {
            Optional<LedgerAudit> audit = audit(definition);
            LOG.debug("audited {}: {}", model, audit);
        } catch (BifocalException away) {
            LOG.debug("cannot audit {}: {}", model, away.getMessage());
        } catch (Exception failure) { // Spark throws checked ones that it does not declare
            LOG.warn("cannot audit {}", model, failure);
        }
    }

    /** Audits a model, and tells what comes of it; empty where nothing has been counted yet. */
    Optional<LedgerAudit> audit(Definition definition) {
        String model = definition.model().name();
        Optional<Manifest> manifest = manifests.read(model);
        if (manifest.isEmpty()) {
            return Optional.empty();
        }
        KafkaTopic topic = KafkaTopic.read(admin, definition.model().source().topic());
        LedgerAudit audit = new ArchiveAudit(
                        spark, archiveUri, new TopicRecords(topic, kafka), views, Clock.systemUTC())
                .audit(definition, manifest.get());
        if (!audit.faults().isEmpty() || !audit.missingFiles().isEmpty()) {
            LOG.error(
                    "the ledger of {} does not balance: {} missing files {}",
                    model,
                    audit.faults(),
                    audit.missingFiles());
        }
        books.publish(model, audit);
        return Optional.of(audit);
    }
}
