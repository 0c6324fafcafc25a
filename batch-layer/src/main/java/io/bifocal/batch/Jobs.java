package io.bifocal.batch;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.batch.GenerationJob.Published;
import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.CassandraManifestStore;
import io.bifocal.cassandra.ModelCatalog;
import io.bifocal.core.config.Config;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.job.Job;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.spark.CompiledDefinition;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** Does jobs, by their type. */
final class Jobs {
    private static final Duration PIN_LEASE = Duration.ofMinutes(2);
    private static final Duration FOREVER = Duration.ofDays(4_000_000);

    private final Config config;
    private final Monitor monitor;
    private final Duration patience;

    Jobs(Config config, Monitor monitor, Duration patience) {
        this.config = config;
        this.monitor = monitor;
        this.patience = patience;
    }

    /** Returns, when the job is done, what it brought about. */
    Map<String, Object> run(Job job) {
        return switch (job.type()) {
            case RECOMPUTE -> recompute(job);
            case ROLLBACK -> rollback(job);
            case RECONCILE -> reconcile(job);
            case BACKFILL, REPLAY, ERASE ->
                throw Errors.of(
                        ErrorCode.BAD_REQUEST,
                        "Jobs of type " + job.type() + " are not supported by this version.",
                        "Ask for a recompute or a rollback.");
        };
    }

    private Map<String, Object> recompute(Job job) {
        Positions asked = positions(job);
        Extent extent = extent(job.spec());
        Work work = work(job);
        Published published = new GenerationJob(
                        work.lake(),
                        work.definition(),
                        work.editor(),
                        work.stores(),
                        settings(job),
                        restating(work),
                        monitor)
                .run(asked, extent);
        monitor.report(0.95, "compacting the archive");
        new Compaction(work.lake().archive(), Clock.systemUTC()).run();
        Map<String, Object> result = describe(published.generation());
        result.put("days", published.days());
        result.put("newRecords", published.records());
        result.putAll(describe(published.restated()));
        published.goldFault().ifPresent(fault -> result.put("goldFault", fault));
        return result;
    }

    private Map<String, Object> reconcile(Job job) {
        Positions asked = positions(job);
        Work work = work(job);
        Map<String, Object> result = new LinkedHashMap<>();
        new ReconcileJob(
                        work.lake(),
                        work.definition(),
                        work.editor(),
                        work.stores(),
                        settings(job),
                        restating(work),
                        monitor)
                .run(asked)
                .ifPresent(restated -> result.putAll(describe(restated)));
        return result;
    }

    private Map<String, Object> rollback(Job job) {
        Object number = job.spec().get("generation");
        if (!(number instanceof Number generation)) {
            throw Errors.of(
                    ErrorCode.BAD_REQUEST,
                    "A rollback names the generation to put back in force; this one has " + number + ".",
                    "Give generation as a whole number.");
        }
        Work work = work(job);
        return describe(new RollbackJob(
                        work.lake(),
                        work.definition(),
                        work.editor(),
                        work.stores(),
                        settings(job),
                        restating(work),
                        monitor)
                .run(generation.longValue()));
    }

    private record Work(Lake lake, CompiledDefinition definition, ManifestEditor editor, ViewStores stores) {}

    private Work work(Job job) {
        CassandraConnection cassandra = CassandraConnection.shared(config);
        ModelCatalog.AppliedModel model = new ModelCatalog(cassandra, Clock.systemUTC())
                .find(job.model())
                .orElseThrow(() -> Errors.of(
                        ErrorCode.NOT_FOUND, "There is no model " + job.model() + ".", "Apply the model first."));
        monitor.report(0.0, "starting Spark");
        SparkSession spark = Sessions.start(config, "job " + job.id());
        return new Work(
                new Lake(spark, config.text(Config.Key.ARCHIVE_URI), job.model()),
                CompiledDefinition.of(model.definition()),
                new ManifestEditor(new CassandraManifestStore(cassandra), Clock.systemUTC()),
                new CassandraViews(config));
    }

    private Restating restating(Work work) {
        return new Restating(
                work.lake(),
                work.editor(),
                work.stores(),
                new CassandraRestatementBooks(CassandraConnection.shared(config)),
                Duration.ofSeconds(config.number(Config.Key.COLLECT_GRACE_SECONDS)),
                Clock.systemUTC());
    }

    private GenerationJob.Settings settings(Job job) {
        return new GenerationJob.Settings(job.id(), PIN_LEASE, config.number(Config.Key.GENERATIONS_KEPT), patience);
    }

    /** {@code full}, or {@code from} and {@code to} as dates or instants; one of them alone leaves the other end open. */
    static Extent extent(Map<String, Object> spec) {
        if (Boolean.TRUE.equals(spec.get("full"))) {
            return Extent.ALL_DAYS;
        }
        Object from = spec.get("from");
        Object to = spec.get("to");
        if (from == null && to == null) {
            return Extent.TOUCHED_DAYS;
        }
        return Extent.and(new Extent.Range(
                from == null ? Instant.EPOCH.minus(FOREVER) : instant("from", from.toString()),
                to == null ? Instant.EPOCH.plus(FOREVER) : instant("to", to.toString())));
    }

    private static Instant instant(String name, String text) {
        try {
            return text.contains("T")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeException broken) {
            throw Errors.of(
                    ErrorCode.BAD_REQUEST,
                    "The job's " + name + " is " + text + ", which is no time.",
                    "Write a date, such as 2010-12-01, or an instant, such as 2010-12-01T00:00:00Z.",
                    broken);
        }
    }

    private static Positions positions(Job job) {
        Object positions = job.spec().get("positions");
        try {
            return positions == null ? Positions.NONE : new ObjectMapper().convertValue(positions, Positions.class);
        } catch (IllegalArgumentException broken) {
            throw Errors.of(
                    ErrorCode.BAD_REQUEST,
                    "The job's positions are not such: " + positions + ".",
                    "Leave them out; what Kafka had acknowledged when the job was asked for is put in their place.",
                    broken);
        }
    }

    private static Map<String, Object> describe(Reconciliation restated) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("restated", restated.restatements());
        result.put("unexplained", restated.unexplained());
        restated.fault().ifPresent(fault -> result.put("restatementFault", fault));
        return result;
    }

    private static Map<String, Object> describe(Generation generation) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("generation", generation.number());
        result.put("cut", generation.cut().asMap());
        result.put("archiveVersion", generation.archiveVersion());
        result.put("records", generation.records());
        return result;
    }
}
