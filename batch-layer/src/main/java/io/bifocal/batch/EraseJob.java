package io.bifocal.batch;

import io.bifocal.cassandra.QuarantineStore;
import io.bifocal.cassandra.ReconciliationStore;
import io.bifocal.core.cut.GarbageCollector;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.view.View;
import io.bifocal.reconciliation.Redaction;
import io.delta.tables.DeltaTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Erases every record of a model in which a column has a value (rule 14). Of each record its position stays, with the reason
 * {@link #REASON}, so that what was read still adds up; nothing that it held does. All history is computed anew, every older
 * generation is dropped, and all rows that any of them named are deleted, whatever day they are of.
 *
 * <p>Each step may be done again: whoever goes on after a crash begins at the first, and finds less to do.
 */
final class EraseJob {
    /** Why an erased record is no event. */
    static final String REASON = "erased";

    private static final List<String> REWRITTEN = List.of(
            "archive", "quarantine", "views and live rows", "gold tables", "restatements", "answer tokens", "this job");

    private final JobContext context;
    private final QuarantineStore quarantine;
    private final ReconciliationStore reconciliations;
    private final Restating restating;
    private final ArchiveBooks books;
    private final Duration grace;

    /**
     * @param context whose {@code owner} marks what this job erased
     * @param grace how long readers may go on reading what is no longer named
     */
    EraseJob(
            JobContext context,
            QuarantineStore quarantine,
            ReconciliationStore reconciliations,
            Restating restating,
            ArchiveBooks books,
            Duration grace) {
        this.context = context;
        this.quarantine = quarantine;
        this.reconciliations = reconciliations;
        this.restating = restating;
        this.books = books;
        this.grace = grace;
    }

    /**
     * Returns the receipt: what was rewritten and deleted.
     *
     * @param asked up to where records are erased, whatever waiting that needs
     */
    Map<String, Object> run(ErasedValue value, Positions asked) {
        ArchiveTable archive = context.lake().archive();
        String reason = REASON + " by job " + context.settings().owner();
        Redaction redaction = new Redaction(value::isIn);

        // Records of a topic that was deleted and made again had arrived before any that are asked about.
        Positions to = asked.withOtherTopics(context.awaitArchived(asked).note().positions());
        context.monitor().passPointOfNoReturn();
        List<Long> dropped = generations();
        context.editor().apply(context.model(), Manifest::withdraw);
        eraseFrom(archive, value, to, reason);
        context.monitor().report(0.3, "fencing appends that began before");
        long files = purge(archive.uri(), new Fence(context, books).raise().before());
        Generation published = publishAnew(to, redaction);
        files += purgeGold();
        context.monitor().report(0.9, "taking the value out of restatements");
        restating.forgetUntold();
        long restatements = reconciliations.rewrite(context.model(), redaction::of);
        files += redact(context.lake().restatementsUri(), redaction);
        int parts = collect(published);

        Map<String, Object> receipt = new LinkedHashMap<>();
        receipt.put("records", archive.newest().where(Erasure.by(reason)).count());
        receipt.put("generation", published.number());
        receipt.put("generationsDropped", dropped);
        receipt.put("filesDeleted", files);
        receipt.put("partsDropped", parts);
        receipt.put("restatementsRewritten", restatements);
        receipt.put("rewritten", REWRITTEN);
        return receipt;
    }

    /** Those that may hold what knew the value. */
    private List<Long> generations() {
        return context.editor().read(context.model()).generations().stream()
                .map(Generation::number)
                .toList();
    }

    /** Of all history, with no generation before it. */
    private Generation publishAnew(Positions erased, Redaction redaction) {
        GenerationJob.Published published = new GenerationJob(
                        context.alone().reporting(context.monitor().between(0.4, 0.9)), restating.redacting(redaction))
                .run(erased, Extent.ALL_DAYS, Optional.of(Cause.ERASURE));
        published.goldFault().ifPresent(fault -> {
            throw failed("The gold tables still hold what was erased: " + fault);
        });
        return published.generation();
    }

    private static RuntimeException failed(String what) {
        return Errors.of(ErrorCode.JOB_FAILED, what, "Ask for the erasure again once the cause is gone.");
    }

    private void eraseFrom(ArchiveTable archive, ErasedValue value, Positions to, String reason) {
        context.monitor().report(0.1, "looking for the value in the archive");
        Dataset<Row> found = new Erasure(context.definition(), value)
                .positions(archive.newest().where(ArchiveTable.between(Positions.NONE, to)))
                .persist(StorageLevel.DISK_ONLY());
        try {
            QuarantinedRows.forEachPosition(
                    found.where(Erasure.QUARANTINED), some -> quarantine.delete(context.model(), some));
            long records = found.count();
            context.monitor().report(0.2, "erasing " + records + " records from the archive");
            if (records > 0) {
                archive.erase(found, reason);
            }
            archive.applyDeletions();
        } finally {
            found.unpersist();
        }
    }

    /** Gold tables of the definition in force lose what they held before, those of earlier ones go. */
    private long purgeGold() {
        Set<String> rollups = View.rollups(context.definition().definition()).stream()
                .map(View::name)
                .collect(Collectors.toSet());
        context.lake().dropGoldBut(rollups);
        long files = 0;
        for (String rollup : rollups) {
            files += purge(context.lake().goldUri(rollup), Instant.now());
        }
        return files;
    }

    /** Files that no version needs any more. */
    private long purge(String table, Instant before) {
        return new Purge(context.lake().spark(), table).run(before);
    }

    /** Returns how many files were deleted. */
    private long redact(String restatements, Redaction redaction) {
        if (!DeltaTable.isDeltaTable(context.lake().spark(), restatements)) {
            return 0;
        }
        redaction
                .of(context.lake().spark().read().format("delta").load(restatements))
                .write()
                .format("delta")
                .mode("overwrite")
                .save(restatements);
        return purge(restatements, Instant.now());
    }

    /** Deletes all rows that were named before the generation was published, once no reader can be reading them. */
    private int collect(Generation published) {
        GarbageCollector collector =
                new GarbageCollector(context.editor(), context.stores().open(), Clock.systemUTC(), grace);
        long version = context.editor().read(context.model()).version();
        // Not since it says that it was published: it may have taken a while until that took effect.
        Instant unread = Instant.now().plus(grace);
        int dropped = 0;
        while (true) {
            dropped += collector.collect(context.model()).parts();
            int left = collector.unneeded(context.model(), version).size();
            if (left == 0 && Instant.now().isAfter(unread)) {
                return dropped;
            }
            context.monitor()
                    .report(
                            0.97,
                            "waiting until nobody reads " + left + " parts before generation " + published.number());
            context.monitor().pause();
        }
    }
}
