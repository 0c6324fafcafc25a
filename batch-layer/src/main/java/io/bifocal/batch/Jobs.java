package io.bifocal.batch;

import io.bifocal.batch.GenerationJob.Published;
import io.bifocal.batch.Redefinition.Served;
import io.bifocal.cassandra.AnswerSampleStore;
import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.CassandraManifestStore;
import io.bifocal.cassandra.InForce;
import io.bifocal.cassandra.JobStore;
import io.bifocal.cassandra.ModelCatalog;
import io.bifocal.cassandra.ModelCatalog.AppliedModel;
import io.bifocal.cassandra.QuarantineStore;
import io.bifocal.cassandra.ReconciliationStore;
import io.bifocal.core.accuracy.CheckedAnswer;
import io.bifocal.core.accuracy.SampledAnswer;
import io.bifocal.core.config.Config;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.job.Job;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Retention;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.KafkaClients;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does jobs, by their type. */
final class Jobs {
    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
    private static final Duration PIN_LEASE = Duration.ofMinutes(2);
    private static final int JOBS_LOOKED_AT = 200;

    /** What a backfill is taken to do as long as none has been measured, and how long it takes to begin. */
    private static final double EVENTS_PER_SECOND = 50_000;

    private static final double START_SECONDS = 10;

    /** In a running job's result: the version that it is about to replace, so that whoever goes on with it knows. */
    private static final String REPLACES = "replaces";

    private final Config config;
    private final JobStore jobs;
    private final Monitor monitor;
    private final Duration patience;

    Jobs(Config config, JobStore jobs, Monitor monitor, Duration patience) {
        this.config = config;
        this.jobs = jobs;
        this.monitor = monitor;
        this.patience = patience;
    }

    /** Returns, when the job is done, what it brought about. */
    Map<String, Object> run(Job job) {
        Work work = work(job);
        Map<String, Object> result = new LinkedHashMap<>(repaired(job, work));
        result.putAll(
                switch (job.type()) {
                    case RECOMPUTE -> recompute(job, work);
                    case ROLLBACK -> rollback(job, work);
                    case BACKFILL -> backfill(job, work);
                    case RECONCILE -> reconcile(job, work);
                    case REPLAY -> replay(job, work);
                    case ERASE -> erase(job, work);
                });
        return result;
    }

    /** What the archive has lost; many a job can do without, so it is tried. */
    private Map<String, Object> repaired(Job job, Work work) {
        try {
            long records = new ArchiveRepair(
                            work.lake(),
                            CompiledDefinition.of(work.inForce().definition()),
                            KafkaClients.properties(config),
                            () -> erased(job.model()))
                    .run();
            return records == 0 ? Map.of() : Map.of("archivedAgain", records);
        } catch (RuntimeException failure) {
            LOG.error("the archive of {} is not whole", job.model(), failure);
            return Map.of("archiveFault", String.valueOf(failure.getMessage()));
        }
    }

    /** Up to where each erasure of a model has erased. */
    private List<Positions> erased(String model) {
        return jobs.newest(Integer.MAX_VALUE).stream()
                .filter(job -> job.type() == Job.Type.ERASE
                        && job.state() == Job.State.SUCCEEDED
                        && job.model().equals(model))
                .map(job -> spec(job).positions())
                .toList();
    }

    /** Also of a definition that was applied and is not in force yet, which then comes into force. */
    private Map<String, Object> recompute(Job job, Work work) {
        JobSpec spec = spec(job);
        requireKept(job, kept(job, work));
        Positions asked = spec.positions();
        Extent extent = spec.extent();
        Optional<Long> replaced = replaced(job, work);
        if (replaced.isEmpty() && (!work.changed() || spec.isNot("promote"))) {
            return publish(job, work, asked, extent);
        }
        Map<String, Object> built = replaced.isPresent()
                ? afterPromotion(job, work, replaced.get())
                : build(job, work, asked, Optional.empty(), true);
        Manifest now = work.editor().read(job.model());
        return now.generation().cut().covers(asked) ? built : publish(job, work, asked, Extent.TOUCHED_DAYS);
    }

    private Map<String, Object> publish(Job job, Work work, Positions asked, Extent extent) {
        AppliedModel inForce = work.inForce();
        Published published = new GenerationJob(context(job, work, inForce), restating(work)).run(asked, extent);
        monitor.report(0.95, "compacting the archive");
        new Compaction(work.lake().archive(), Clock.systemUTC()).run();
        Map<String, Object> result = describe(published.generation());
        result.put("version", inForce.version());
        result.put("days", published.days());
        result.put("newRecords", published.records());
        result.putAll(describe(published.restated()));
        published.goldFault().ifPresent(fault -> result.put("goldFault", fault));
        result.putAll(expired(job, work, inForce));
        result.putAll(audit(job, work, inForce));
        return result;
    }

    /** What the archive holds longer than the model wants. What is published stays published, whatever comes of it. */
    private Map<String, Object> expired(Job job, Work work, AppliedModel version) {
        try {
            QuarantineStore quarantine = new QuarantineStore(CassandraConnection.shared(config));
            long records = new Expiry(
                            context(job, work, version),
                            some -> quarantine.delete(job.model(), some),
                            Clock.systemUTC())
                    .run();
            return records == 0 ? Map.of() : Map.of("expired", records);
        } catch (Monitor.Cancelled stopped) {
            throw stopped;
        } catch (Exception failure) { // Spark throws checked ones that it does not declare
            LOG.error("the archive of {} still holds what is too old", job.model(), failure);
            return Map.of("expiryFault", String.valueOf(failure.getMessage()));
        }
    }

    private Map<String, Object> reconcile(Job job, Work work) {
        Positions asked = spec(job).positions();
        Map<String, Object> result = new LinkedHashMap<>(
                describe(new ReconcileJob(context(job, work, work.inForce()), restating(work)).run(asked)));
        result.putAll(audit(job, work, work.inForce()));
        return result;
    }

    /** History for the wanted version; where that is in force already, the days are recomputed with it. */
    private Map<String, Object> backfill(Job job, Work work) {
        JobSpec spec = spec(job);
        requireKept(job, kept(job, work));
        Positions asked = spec.positions();
        Extent extent = spec.extent();
        if (spec.is("plan")) {
            return plan(job, work, extent.range());
        }
        Optional<Long> promotedFrom = spec.number("promotedFrom").or(() -> replaced(job, work));
        if (promotedFrom.isPresent()) {
            return afterPromotion(job, work, promotedFrom.get());
        }
        if (spec.is("reprocess") && !work.changed()) {
            return revised(job, work, work.inForce());
        }
        return work.changed()
                ? build(job, work, asked, extent.range(), spec.is("promote"))
                : publish(job, work, asked, extent);
    }

    /** The version that this job replaced before its process died, which is why the rest is still to be done. */
    private static Optional<Long> replaced(Job job, Work work) {
        return Optional.ofNullable((Number) job.result().get(REPLACES))
                .map(Number::longValue)
                .filter(version -> version != work.inForce().version());
    }

    private void replaces(Job job, Work work) {
        String owner = job.owner().orElseThrow();
        if (jobs.note(job.id(), owner, Map.of(REPLACES, work.inForce().version()))
                .isEmpty()) {
            throw new Monitor.Cancelled();
        }
    }

    /** The version was promoted through the API, which has neither Spark nor the archive, or by a process that died. */
    private Map<String, Object> afterPromotion(Job job, Work work, long promotedFrom) {
        Manifest manifest = work.editor().read(job.model());
        AppliedModel earlier = work.catalog().versions(job.model()).stream()
                .filter(version -> version.version() == promotedFrom)
                .findFirst()
                .orElseThrow();
        Generation before = manifest.kept().stream()
                .filter(kept -> kept.definition().equals(earlier.hash()))
                .reduce((first, second) -> second)
                .orElse(Generation.NONE);
        return tookOver(job, work, before, earlier, manifest.generation());
    }

    private Map<String, Object> build(
            Job job, Work work, Positions asked, Optional<Extent.Range> range, boolean promote) {
        BackfillJob backfill = backfillJob(job, work, work.wanted());
        long began = System.nanoTime();
        BackfillJob.Built built = backfill.build(asked, range);
        double seconds = (System.nanoTime() - began) / 1e9;
        boolean whole = built.missing().isEmpty();
        Map<String, Object> result;
        if (promote && whole) {
            Generation before = work.editor().read(job.model()).generation();
            replaces(job, work);
            result = tookOver(job, work, before, work.inForce(), backfill.promote());
        } else {
            result = new LinkedHashMap<>();
        }
        result.put("version", work.wanted().version());
        result.put("promoted", promote && whole);
        result.put("days", built.computed());
        result.put("missingDays", built.missing().size());
        result.put("eventsPerSecond", Math.round(built.events() / seconds));
        return result;
    }

    /** What follows when another definition's generation is in force: restatements, verdicts and the gold tables. */
    private Map<String, Object> tookOver(
            Job job, Work work, Generation before, AppliedModel earlier, Generation promoted) {
        AppliedModel now =
                work.catalog().byHash(job.model(), promoted.definition()).orElseThrow();
        boolean reprocessed = spec(job).is("reprocess");
        String occasion = job.type() == Job.Type.ROLLBACK ? "rollback" : reprocessed ? "reprocessing" : "promotion";
        monitor.report(0.93, "comparing with what was served");
        Map<String, Object> result = describe(promoted);
        result.putAll(describe(new Redefinition(work.lake(), work.stores(), restating(work))
                .tell(
                        new Served(earlier.definition(), before),
                        new Served(now.definition(), promoted),
                        occasion,
                        reprocessed ? Cause.REPROCESSED : Cause.DEFINITION_CHANGED)));
        result.putAll(revised(job, work, now));
        backfillJob(job, work, now).gold(promoted).ifPresent(fault -> result.put("goldFault", fault));
        return result;
    }

    /** The archive's verdicts, the quarantine and the ledger follow the definition in force. */
    private Map<String, Object> revised(Job job, Work work, AppliedModel inForce) {
        CassandraConnection cassandra = CassandraConnection.shared(config);
        Verdicts.Revised revised = new Verdicts(
                        context(job, work, inForce), new QuarantineStore(cassandra), new CassandraBooks(cassandra))
                .revise();
        return Map.of("released", revised.released(), "quarantined", revised.quarantined());
    }

    private Map<String, Object> plan(Job job, Work work, Optional<Extent.Range> range) {
        monitor.report(0.1, "counting the archive's events");
        BackfillJob.Plan planned = backfillJob(job, work, work.wanted()).plan(range);
        long events =
                planned.chunks().stream().mapToLong(EventDays.Chunk::events).sum();
        double share = events / (double) Math.max(1, planned.days().events());
        Map<String, Object> plan = new LinkedHashMap<>();
        plan.put("version", work.wanted().version());
        plan.put("inForce", work.inForce().version());
        plan.put(
                "days",
                planned.chunks().stream()
                        .mapToInt(chunk -> planned.days().count(chunk.days()))
                        .sum());
        plan.put("chunks", planned.chunks().size());
        plan.put("events", events);
        // A chunk's share of the archive's bytes: which files a day is in, only reading them tells.
        plan.put("bytes", Math.round(work.lake().archive().bytes() * share));
        plan.put("estimatedSeconds", Math.round(START_SECONDS + events / eventsPerSecond(job.model())));
        return plan;
    }

    /** As fast as the last backfill of the model was. */
    private double eventsPerSecond(String model) {
        return jobs.newest(JOBS_LOOKED_AT).stream()
                .filter(job -> job.model().equals(model) && job.state() == Job.State.SUCCEEDED)
                .map(job -> job.result().get("eventsPerSecond"))
                .filter(Number.class::isInstance)
                .mapToDouble(rate -> ((Number) rate).doubleValue())
                .filter(rate -> rate > 0)
                .findFirst()
                .orElse(EVENTS_PER_SECOND);
    }

    private BackfillJob backfillJob(Job job, Work work, AppliedModel version) {
        return new BackfillJob(context(job, work, version), config.number(Config.Key.BACKFILL_RECORDS_PER_CHUNK));
    }

    private Map<String, Object> replay(Job job, Work work) {
        JobSpec spec = spec(job);
        Extent.Range range = spec.range();
        requireKept(
                job,
                context(job, work, work.inForce())
                        .retention()
                        .flatMap(each -> each.archiveFrom(LocalDate.now(ZoneOffset.UTC))));
        String topic = spec.text("toTopic");
        Model.requireReplayable(
                topic,
                work.catalog().all().stream()
                        .map(version -> version.definition().model())
                        .toList());
        long published = new ReplayJob(
                        work.lake(),
                        CompiledDefinition.of(work.inForce().definition()),
                        new ReplayJob.Settings(
                                job.id(),
                                KafkaClients.properties(config),
                                (short) config.number(Config.Key.KAFKA_REPLICATION_FACTOR),
                                topic,
                                spec.number("rate")),
                        monitor)
                .run(range, spec.by(), spec.positions());
        return Map.of("published", published, "topic", topic);
    }

    private Map<String, Object> erase(Job job, Work work) {
        JobSpec spec = spec(job);
        Model model = work.inForce().definition().model();
        ErasedValue value = ErasedValue.of(model, spec.text("column"), spec.text("value"));
        CassandraConnection cassandra = CassandraConnection.shared(config);
        Map<String, Object> receipt = new EraseJob(
                        context(job, work, work.inForce()),
                        new QuarantineStore(cassandra),
                        new ReconciliationStore(cassandra),
                        restating(work),
                        new CassandraBooks(cassandra),
                        Duration.ofSeconds(config.number(Config.Key.COLLECT_GRACE_SECONDS)))
                .run(value, spec.positions());
        new AnswerSampleStore(cassandra).clear(job.model());
        List<String> topics = new ArrayList<>(List.of(model.source().topic()));
        if (config.has(Config.Key.RESTATEMENTS_TOPIC)) {
            topics.add(config.text(Config.Key.RESTATEMENTS_TOPIC));
        }
        receipt.put("remains", Remains.of(KafkaClients.properties(config), topics, Instant.now()));
        return receipt;
    }

    /** Where the generation has another definition, that one's version is the wanted one from here on. */
    private Map<String, Object> rollback(Job job, Work work) {
        long number = spec(job)
                .number("generation")
                .orElseThrow(() -> Errors.of(
                        ErrorCode.BAD_REQUEST,
                        "A rollback names the generation to put back in force.",
                        "Give generation as a whole number."));
        Manifest manifest = work.editor().read(job.model());
        Generation earlier = RollbackJob.kept(manifest, number);
        AppliedModel version = work.catalog()
                .byHash(job.model(), earlier.definition())
                .orElseThrow(() -> Errors.of(
                        ErrorCode.JOB_FAILED,
                        "The catalog does not know the definition of generation " + number + ".",
                        "Apply the model file that it was computed with, and ask again."));
        Optional<Long> replaced = replaced(job, work);
        boolean another = !version.hash().equals(work.inForce().hash());
        if (another) {
            replaces(job, work);
        }
        Generation now = replaced.isPresent()
                ? manifest.generation()
                : new RollbackJob(context(job, work, version), restating(work)).run(number);
        if (!version.hash().equals(work.wanted().hash())) {
            work.catalog().want(version);
        }
        if (replaced.isPresent()) {
            return afterPromotion(job, work, replaced.get());
        }
        return another ? tookOver(job, work, manifest.generation(), work.inForce(), now) : describe(now);
    }

    /**
     * What jobs of a model work with.
     *
     * @param wanted the version that was applied last, or gone back to
     * @param inForce the version that answers are given with
     */
    private record Work(
            Lake lake,
            ModelCatalog catalog,
            AppliedModel wanted,
            AppliedModel inForce,
            ManifestEditor editor,
            ViewStores stores) {
        boolean changed() {
            return !wanted.hash().equals(inForce.hash());
        }
    }

    private Work work(Job job) {
        CassandraConnection cassandra = CassandraConnection.shared(config);
        ModelCatalog catalog = new ModelCatalog(cassandra, Clock.systemUTC());
        ManifestStore manifests = new CassandraManifestStore(cassandra);
        AppliedModel wanted = catalog.find(job.model())
                .orElseThrow(() -> Errors.of(
                        ErrorCode.NOT_FOUND, "There is no model " + job.model() + ".", "Apply the model first."));
        monitor.report(0.0, "starting Spark");
        SparkSession spark = Sessions.start(config, "job " + job.id());
        Work work = new Work(
                new Lake(spark, config.text(Config.Key.ARCHIVE_URI), job.model()),
                catalog,
                wanted,
                new InForce(catalog, manifests).of(wanted),
                new ManifestEditor(manifests, Clock.systemUTC()),
                new CassandraViews(config));
        restating(work).tellWhatIsUntold();
        return work;
    }

    private Restating restating(Work work) {
        return new Restating(
                work.lake(),
                work.editor(),
                work.stores(),
                restatementBooks(),
                Duration.ofSeconds(config.number(Config.Key.COLLECT_GRACE_SECONDS)),
                Clock.systemUTC());
    }

    private RestatementBooks restatementBooks() {
        RestatementBooks books = new CassandraRestatementBooks(CassandraConnection.shared(config));
        return config.has(Config.Key.RESTATEMENTS_TOPIC)
                ? new TopicRestatementBooks(
                        books,
                        KafkaClients.properties(config),
                        new NewTopic(
                                config.text(Config.Key.RESTATEMENTS_TOPIC),
                                config.number(Config.Key.KAFKA_PARTITIONS),
                                (short) config.number(Config.Key.KAFKA_REPLICATION_FACTOR)))
                : books;
    }

    private JobContext context(Job job, Work work, AppliedModel version) {
        return new JobContext(
                work.lake(),
                CompiledDefinition.of(version.definition()),
                work.editor(),
                work.stores(),
                new CurrentTopic(
                        KafkaClients.properties(config),
                        version.definition().model().source().topic()),
                new JobContext.Settings(job.id(), PIN_LEASE, generationsKept(version), false, patience),
                monitor);
    }

    /** The first day that answers show, or will. */
    private Optional<LocalDate> kept(Job job, Work work) {
        JobContext context = context(job, work, work.wanted());
        return context.editor()
                .readOrCreate(job.model(), context.hash())
                .generation()
                .retained()
                .and(context.retained())
                .from();
    }

    /** Whoever asks for days that are gone is told, rather than given the rest. */
    private static void requireKept(Job job, Optional<LocalDate> first) {
        JobSpec spec = spec(job);
        first.filter(day -> spec.has("from")
                        // Where a zone is ahead, the day has begun.
                        && spec.range()
                                .from()
                                .isBefore(day.minusDays(1)
                                        .atStartOfDay(ZoneOffset.UTC)
                                        .toInstant()))
                .ifPresent(day -> {
                    throw Errors.of(
                            ErrorCode.REFUSED,
                            "Days before " + day + " are not kept of " + job.model() + ".",
                            "Begin with " + day
                                    + ", or leave from out; retention in the model's file says what is kept.",
                            Map.of("field", "from", "retainedFrom", day.toString()));
                });
    }

    private int generationsKept(AppliedModel version) {
        return version.definition()
                .model()
                .retention()
                .flatMap(Retention::generations)
                .orElseGet(() -> config.number(Config.Key.GENERATIONS_KEPT));
    }

    /** Gives answers again that were kept. What is published stays published, whatever comes of it. */
    private Map<String, Object> audit(Job job, Work work, AppliedModel version) {
        AnswerSampleStore samples = new AnswerSampleStore(CassandraConnection.shared(config));
        AnswerAudit.Books books = new AnswerAudit.Books() {
            @Override
            public List<SampledAnswer> samples(int limit) {
                return samples.samples(job.model(), limit);
            }

            @Override
            public void checked(CheckedAnswer checked) {
                samples.checked(job.model(), checked);
            }
        };
        try {
            int checked = new AnswerAudit(context(job, work, version), books, Clock.systemUTC()).run();
            return checked == 0 ? Map.of() : Map.of("answersChecked", checked);
        } catch (Monitor.Cancelled stopped) {
            throw stopped;
        } catch (RuntimeException failure) {
            LOG.error("answers of {} that were kept are not given again", job.model(), failure);
            return Map.of();
        }
    }

    private static JobSpec spec(Job job) {
        return new JobSpec(job.spec());
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
