package io.bifocal.batch;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.core.cut.Hole;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.ledger.ArchiveCount;
import io.bifocal.core.ledger.ArchiveProgress;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Appends micro-batches to one archive, each exactly once. Two things must hold for that, whoever else believes to be the
 * archiver:
 *
 * <ul>
 *   <li>An append follows the very commit that its positions were read from. Delta's transaction version is that commit's
 *       version + 1: of two that follow the same commit, Delta takes one.
 *   <li>Delta skips the other in silence. So each append is looked up in the log, and an archiver that does not find its own
 *       there is not the archiver any more, and fails.
 * </ul>
 */
final class Appender {
    /** What an archive holds that no archiver appended to. */
    static final Noted<CommitNote> NOTHING = new Noted<>(-1, CommitNote.NONE);

    private static final String TRANSACTION = "archiver";
    private static final int ROWS_OF_ONE_FILE = 50_000;

    private final String model;
    private final String archiver;
    private final ArchiveTable archive;
    private final ArchiveBooks books;
    private final Clock clock;
    private final HourCounts counts;
    private final List<Hole> lost;
    private Noted<CommitNote> known;
    private int batches;

    /**
     * @param archiver unique to this start
     * @param known the archive's newest commit of an archiver, {@link #NOTHING} before the first
     * @param lost everything that Kafka lost before it was archived
     */
    Appender(
            String model,
            String archiver,
            ArchiveTable archive,
            ArchiveBooks books,
            Clock clock,
            Noted<CommitNote> known,
            List<Hole> lost) {
        this.model = model;
        this.archiver = archiver;
        this.archive = archive;
        this.books = books;
        this.clock = clock;
        this.counts = new HourCounts(archive);
        this.known = known;
        this.lost = List.copyOf(lost);
    }

    /** Up to where the archive reaches. */
    Positions positions() {
        return known.note().positions();
    }

    /** Tells what an earlier process committed and did not live to tell. */
    void catchUp() {
        if (known.equals(NOTHING)) {
            return;
        }
        Optional<ArchiveProgress> told = books.progress(model);
        if (told.isPresent() && told.get().version() >= known.version()) {
            return;
        }
        Optional<Set<Integer>> dates = told.flatMap(progress -> datesAfter(progress.version()));
        publish(List.copyOf(counts.load(dates, known.version())));
    }

    /**
     * Appends all records up to some positions.
     *
     * @param rows the records since {@link #positions}, as {@link ArchiveRows} makes them; evaluated once
     * @param read called once they are read and before anything is written; what it throws ends the append
     * @throws IllegalStateException where another archiver appended meanwhile
     */
    void append(Dataset<Row> rows, Positions to, Runnable read) {
        Dataset<Row> kept = rows.persist(StorageLevel.MEMORY_AND_DISK());
        try {
            List<ArchiveCount> appended = HourCounts.count(kept);
            read.run();
            if (appended.stream().anyMatch(count -> count.quarantined() > 0)) {
                QuarantinedRows.forEach(kept, some -> books.quarantine(model, some));
            }
            CommitNote note = note(to, appended);
            write(kept, note);
            known = requireOurs(note);
            publish(counts.add(appended, known.version()));
        } finally {
            kept.unpersist();
        }
    }

    /** Tells how many records the archive holds, counted anew in all of it. */
    void recount() {
        publish(List.copyOf(counts.load(Optional.empty(), known.version())));
    }

    private CommitNote note(Positions to, List<ArchiveCount> appended) {
        List<Integer> dates = appended.stream()
                .map(count -> HourCounts.dateOf(count.hour()))
                .distinct()
                .sorted()
                .toList();
        long records = appended.stream()
                .mapToLong(count -> count.archived() + count.quarantined())
                .sum();
        return new CommitNote(archiver, ++batches, to, lost, dates, records);
    }

    private void write(Dataset<Row> rows, CommitNote note) {
        Dataset<Row> files = note.records() > ROWS_OF_ONE_FILE ? rows : rows.coalesce(1);
        files.write()
                .format("delta")
                .mode("append")
                .option("mergeSchema", "true")
                .option("txnAppId", TRANSACTION)
                .option("txnVersion", known.version() + 1)
                .option("userMetadata", note.toJson())
                .save(archive.uri());
    }

    private Noted<CommitNote> requireOurs(CommitNote note) {
        Optional<Noted<CommitNote>> successor = archive.log().successor(known.version());
        if (successor.isEmpty()
                || !successor.get().note().archiver().equals(archiver)
                || successor.get().note().batch() != note.batch()) {
            throw new IllegalStateException("another archiver of " + model + " appended after version "
                    + known.version() + ": " + successor.map(Noted::toString).orElse("nothing found"));
        }
        return successor.get();
    }

    private void publish(List<ArchiveCount> changed) {
        books.publish(model, changed, new ArchiveProgress(known.note().positions(), known.version(), clock.instant()));
    }

    /** The dates that commits after a version added to; empty where the log does not reach back that far. */
    private Optional<Set<Integer>> datesAfter(long version) {
        Set<Integer> dates = new TreeSet<>();
        Optional<Noted<CommitNote>> next = archive.log().successor(version);
        while (next.isPresent()) {
            dates.addAll(next.get().note().dates());
            if (next.get().version() >= known.version()) {
                return Optional.of(dates);
            }
            next = archive.log().successor(next.get().version());
        }
        return Optional.empty();
    }
}
