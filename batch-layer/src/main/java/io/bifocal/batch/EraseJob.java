package io.bifocal.batch;

import io.bifocal.cassandra.QuarantineStore;
import io.bifocal.core.cut.GarbageCollector;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.PartId;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.view.View;
import io.bifocal.spark.CompiledDefinition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private static final Duration PAUSE = Duration.ofMillis(300);

    private final Lake lake;
    private final CompiledDefinition definition;
    private final ManifestEditor editor;
    private final ViewStores stores;
    private final QuarantineStore quarantine;
    private final GenerationJob.Settings settings;
    private final Restating restating;
    private final Waits waits;
    private final Monitor monitor;

    /**
     * How long a job waits for others.
     *
     * @param grace readers may go on reading what is no longer named
     * @param settle an append that is under way is committed or has failed
     */
    record Waits(Duration grace, Duration settle) {}

    /**
     * @param settings whose {@code owner} marks what this job erased
     */
    EraseJob(
            Lake lake,
            CompiledDefinition definition,
            ManifestEditor editor,
            ViewStores stores,
            QuarantineStore quarantine,
            GenerationJob.Settings settings,
            Restating restating,
            Waits waits,
            Monitor monitor) {
        this.lake = lake;
        this.definition = definition;
        this.editor = editor;
        this.stores = stores;
        this.quarantine = quarantine;
        this.settings = settings;
        this.restating = restating;
        this.waits = waits;
        this.monitor = monitor;
    }

    /**
     * Returns the receipt: what was rewritten and deleted.
     *
     * @param asked up to where records are erased, whatever waiting that needs
     */
    Map<String, Object> run(ErasedValue value, Positions asked) {
        ArchiveTable archive = lake.archive();
        Instant archived = awaitArchive(archive, asked);
        String reason = REASON + " by job " + settings.owner();
        monitor.report(0.1, "looking for the value in the archive");
        eraseFrom(archive, value, asked, reason);
        settle(archived);
        monitor.report(0.35, "deleting the archive's earlier files");
        long files = purge(archive.uri(), archived);
        Manifest before = editor.read(lake.model());
        List<Long> dropped = new ArrayList<>();
        before.kept().forEach(kept -> dropped.add(kept.number()));
        if (!before.generation().none()) {
            dropped.add(before.generation().number());
        }
        editor.apply(lake.model(), Manifest::withdraw);
        Generation published = new GenerationJob(
                        lake, definition, editor, stores, settings.keeping(0), restating, monitor.between(0.4, 0.9))
                .run(asked, Extent.ALL_DAYS, Optional.of(Cause.ERASURE))
                .generation();
        for (View view : BackfillJob.rollups(definition)) {
            files += purge(lake.goldUri(view.name()), Instant.now());
        }
        int parts = collect(published);
        Map<String, Object> receipt = new LinkedHashMap<>();
        receipt.put(
                "records",
                archive.exists() ? archive.newest().where(Erasure.by(reason)).count() : 0);
        receipt.put("generation", published.number());
        receipt.put("generationsDropped", dropped);
        receipt.put("filesDeleted", files);
        receipt.put("partsDropped", parts);
        receipt.put(
                "rewritten",
                List.of("archive", "quarantine", "views and live rows", "gold tables", "answer tokens", "this job"));
        return receipt;
    }

    /** When the archive held all that was asked. */
    private Instant awaitArchive(ArchiveTable archive, Positions asked) {
        while (true) {
            Positions reached =
                    archive.log().newest().orElse(Appender.NOTHING).note().positions();
            if (reached.covers(asked)) {
                return Instant.now();
            }
            monitor.report(0, "waiting for " + asked.minus(reached) + " records to be archived");
            monitor.pause(PAUSE);
        }
    }

    private void settle(Instant archived) {
        while (Instant.now().isBefore(archived.plus(waits.settle()))) {
            monitor.report(0.3, "waiting until no append is under way that began before");
            monitor.pause(PAUSE);
        }
    }

    private void eraseFrom(ArchiveTable archive, ErasedValue value, Positions asked, String reason) {
        if (!archive.exists()) {
            return;
        }
        Dataset<Row> found = new Erasure(definition, value)
                .positions(archive.newest().where(ArchiveTable.between(Positions.NONE, asked)))
                .persist(StorageLevel.DISK_ONLY());
        try {
            List<QuarantineStore.Position> some = found.where(Erasure.QUARANTINED).collectAsList().stream()
                    .map(row -> new QuarantineStore.Position(row.getString(0), row.getInt(1), row.getLong(2)))
                    .toList();
            quarantine.delete(lake.model(), some);
            long records = found.count();
            monitor.report(0.2, "erasing " + records + " records from the archive");
            if (records > 0) {
                archive.erase(found, reason);
            }
        } finally {
            found.unpersist();
        }
    }

    /**
     * Files that no version needs any more. What an archiver is writing at this moment is younger than the moment at which
     * the archive held all that is erased, and stays.
     */
    private long purge(String table, Instant before) {
        return new Purge(lake.spark(), table).run(before);
    }

    /** Deletes all rows that were named before the generation was published, once no reader can be reading them. */
    private int collect(Generation published) {
        GarbageCollector collector = new GarbageCollector(editor, stores.open(), Clock.systemUTC(), waits.grace());
        long version = editor.read(lake.model()).version();
        int dropped = 0;
        while (true) {
            dropped += collector.collect(lake.model()).parts();
            Manifest manifest = editor.read(lake.model());
            long left = stores.open().parts(lake.model()).stream()
                    .filter(part -> PartId.birth(part) < version)
                    .filter(part -> !manifest.names().contains(part))
                    .count();
            if (left == 0) {
                return dropped;
            }
            monitor.report(
                    0.97, "waiting until nobody reads " + left + " parts before generation " + published.number());
            monitor.pause(PAUSE);
        }
    }
}
