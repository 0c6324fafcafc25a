package io.bifocal.batch;

import io.bifocal.cassandra.QuarantineStore.Position;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Manifest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;

/**
 * Takes out of the archive what is older than the model keeps it there (rule 15), as an erasure does: positions stay. What a
 * generation shows that is in force, or can be put back in force, is never taken.
 */
final class Expiry {
    /** Longer than any append takes: what was written before and is not needed is nobody's. */
    private static final Duration APPENDS_END_WITHIN = Duration.ofDays(1);

    private final JobContext context;
    private final Consumer<List<Position>> quarantine;
    private final Clock clock;

    /** @param quarantine forgets the records at some positions */
    Expiry(JobContext context, Consumer<List<Position>> quarantine, Clock clock) {
        this.context = context;
        this.quarantine = quarantine;
        this.clock = clock;
    }

    /** Returns how many records lost what they held. Their bytes go with a later run, a day from now at the earliest. */
    long run() {
        Optional<LocalDate> first = first(context.editor().read(context.model()));
        if (first.isEmpty()) {
            return 0;
        }
        ArchiveTable archive = context.lake().archive();
        long expired = expire(archive, first.get());
        Instant before = clock.instant().minus(APPENDS_END_WITHIN);
        long files = new Purge(context.lake().spark(), archive.uri()).run(before);
        context.monitor()
                .report(0.96, "expired " + expired + " records, and deleted " + files + " files of earlier ones");
        return expired;
    }

    /** The first UTC day whose events stay; empty where all do. */
    private Optional<LocalDate> first(Manifest manifest) {
        if (manifest.candidate().isPresent()) {
            return Optional.empty(); // it reads a version of the archive that would be gone
        }
        Optional<LocalDate> wanted =
                context.retention().flatMap(each -> each.archiveFrom(LocalDate.now(clock.withZone(ZoneOffset.UTC))));
        for (Generation shown : manifest.generations()) {
            wanted = wanted.flatMap(day -> shown.retainedFrom().map(its -> its.isBefore(day) ? its : day));
        }
        // One day more is stored, and that begins on the UTC day before where its zone is ahead.
        return wanted.map(day -> day.minusDays(2));
    }

    private long expire(ArchiveTable archive, LocalDate first) {
        Column time =
                functions.coalesce(functions.col(ArchiveSchema.EVENT_TIME), functions.col(ArchiveSchema.BROKER_TIME));
        Dataset<Row> found = archive.newest()
                .where(time.lt(first.atStartOfDay(ZoneOffset.UTC).toInstant()).and(functions.not(Erasure.ERASED)))
                .select(
                        functions.col(ArchiveSchema.TOPIC_ID),
                        functions.col(ArchiveSchema.PARTITION),
                        functions.col(ArchiveSchema.OFFSET),
                        functions.col(ArchiveSchema.REASON).isNotNull().as(Erasure.QUARANTINED))
                .dropDuplicates(ArchiveSchema.TOPIC_ID, ArchiveSchema.PARTITION, ArchiveSchema.OFFSET)
                .persist(StorageLevel.DISK_ONLY());
        try {
            QuarantinedRows.forEachPosition(found.where(Erasure.QUARANTINED), quarantine);
            long records = found.count();
            if (records > 0) {
                archive.erase(
                        found, EraseJob.REASON + " by job " + context.settings().owner() + ": expired");
            }
            return records;
        } finally {
            found.unpersist();
        }
    }
}
