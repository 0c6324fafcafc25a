package io.bifocal.batch;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.batch.EventDays.Chunk;
import io.bifocal.core.cut.Candidate;
import io.bifocal.core.cut.CandidateWriter;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.spark.CompiledDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Computes the generation of another definition in the shadow of the one in force, some event days at a time, and puts it in
 * force when asked to (rule 10). The manifest remembers which days are done, so whoever comes next goes on from there.
 */
final class BackfillJob {
    /** Records that the speed job may be behind the archive while this job takes the machine's time. */
    private static final long LAG_ALLOWED = 50_000;

    private static final Duration PAUSE = Duration.ofMillis(300);

    private final Lake lake;
    private final CompiledDefinition definition;
    private final ManifestEditor editor;
    private final ViewStores stores;
    private final GenerationJob.Settings settings;
    private final Monitor monitor;
    private final long recordsPerChunk;
    private final String hash;

    /**
     * @param definition that is to take over
     * @param recordsPerChunk after which a chunk ends with the event day
     */
    BackfillJob(
            Lake lake,
            CompiledDefinition definition,
            ManifestEditor editor,
            ViewStores stores,
            GenerationJob.Settings settings,
            Monitor monitor,
            long recordsPerChunk) {
        this.lake = lake;
        this.definition = definition;
        this.editor = editor;
        this.stores = stores;
        this.settings = settings;
        this.monitor = monitor;
        this.recordsPerChunk = recordsPerChunk;
        this.hash = DefinitionJson.hash(definition.definition());
    }

    /**
     * What a job did.
     *
     * @param computed days of views
     * @param missing event days that are still to be computed; none where the definition can be promoted
     */
    record Built(Candidate candidate, int computed, List<Integer> missing, long events) {}

    /**
     * Computes days that no job has computed yet.
     *
     * @param asked what the archive must reach before the generation is cut, if this job cuts it
     * @param range of event time; empty: all
     */
    Built build(Positions asked, Optional<Extent.Range> range) {
        try {
            CandidateWriter writer = new CandidateWriter(editor, stores.open(), lake.model(), hash);
            Candidate candidate = begin(writer, asked);
            Dataset<Row> archive = lake.archive().at(candidate.generation().archiveVersion());
            EventDays days = EventDays.of(archive, candidate.generation().cut(), definition);
            return compute(writer, candidate, archive, days, range);
        } catch (Refused given) {
            throw Errors.of(
                    ErrorCode.JOB_FAILED,
                    "The new version of " + lake.model() + " was given up meanwhile: " + given.getMessage(),
                    "Look at its versions, and ask again for the one that you want.",
                    given);
        }
    }

    private Built compute(
            CandidateWriter writer,
            Candidate begun,
            Dataset<Row> archive,
            EventDays days,
            Optional<Extent.Range> range) {
        Candidate candidate = begun;
        Generation generation = begun.generation();
        BatchViews views = new BatchViews(definition, lake.shufflePartitions());
        List<Chunk> chunks = days.chunks(recordsPerChunk, range).stream()
                .filter(chunk -> !days.missing(begun, chunk.days()).isEmpty())
                .toList();
        int computed = 0;
        long events = 0;
        for (int i = 0; i < chunks.size(); i++) {
            Chunk chunk = chunks.get(i);
            letSpeedJobCatchUp();
            monitor.report(0.1 + 0.8 * i / chunks.size(), "computing " + chunk + " of " + chunks.size() + " chunks");
            TouchedDays touched = days.viewDays(chunk.days());
            candidate = writer.covered(
                    candidate,
                    chunk.days(),
                    ViewRows.write(
                            views.of(archive, generation.cut(), touched), stores, definition, generation.part()));
            computed += touched.count();
            events += chunk.events();
        }
        List<Integer> missing = days.missing(candidate, days.all());
        if (missing.isEmpty() && !candidate.complete()) {
            monitor.report(0.9, "computing the ledger");
            List<PartDay> ledger = ViewRows.write(
                    views.of(archive, generation.cut(), days.ledgerDays(archive)),
                    stores,
                    definition,
                    generation.part());
            candidate = writer.complete(candidate, ledger);
        }
        return new Built(candidate, computed, missing, events);
    }

    private Candidate begin(CandidateWriter writer, Positions asked) {
        Optional<Candidate> begun = writer.current();
        if (begun.isPresent()) {
            return begun.get();
        }
        Noted<CommitNote> archived = archived();
        while (!archived.note().positions().covers(asked)) {
            monitor.report(0, "waiting for " + asked.minus(archived.note().positions()) + " records to be archived");
            monitor.pause(PAUSE);
            archived = archived();
        }
        Positions cut = archived.note().positions();
        Arrivals arrivals =
                Arrivals.of(lake.archive().at(archived.version()).where(ArchiveTable.between(Positions.NONE, cut)));
        return writer.begin(
                cut,
                archived.version(),
                arrivals.records(),
                arrivals.last(),
                archived.note().lost());
    }

    /** What {@link #build} would do, and cost. */
    EventDays plan() {
        Noted<CommitNote> archived = archived();
        if (archived.equals(Appender.NOTHING)) {
            return EventDays.none(definition);
        }
        return EventDays.of(
                lake.archive().at(archived.version()), archived.note().positions(), definition);
    }

    /** Puts the generation in force as soon as the run that goes on from it counts all that is counted now. */
    Generation promote() {
        Positions end = Positions.NONE;
        long moved = System.nanoTime();
        while (true) {
            Optional<Generation> promoted =
                    CandidateWriter.promote(editor, lake.model(), hash, settings.owner(), settings.keep());
            if (promoted.isPresent()) {
                return promoted.get();
            }
            Manifest manifest = editor.read(lake.model());
            Positions counted = manifest.as(hash).orElse(manifest).end();
            monitor.report(
                    0.92, "waiting for " + manifest.end().minus(counted) + " records to be counted by the speed job");
            if (!counted.equals(end)) {
                end = counted;
                moved = System.nanoTime();
            } else if (Duration.ofNanos(System.nanoTime() - moved).compareTo(settings.patience()) > 0) {
                standIn(manifest, counted);
            }
            monitor.pause(PAUSE);
        }
    }

    private void standIn(Manifest manifest, Positions counted) {
        Noted<CommitNote> archived = archived();
        Positions reached = archived.note().positions();
        if (reached.covers(counted) && !reached.equals(counted)) {
            monitor.report(0.92, "the speed job stands still: counting from the archive in its place");
            boolean unused = new Bridges(lake, definition, editor, stores).append(manifest, reached, archived);
        }
    }

    /** Makes the gold tables show the generation that was promoted; why they do not, where they don't. */
    Optional<String> gold(Generation promoted) {
        List<PartDay> index = stores.open()
                .index(lake.model(), promoted.part())
                .toCompletableFuture()
                .join();
        Dataset<Row> none = lake.spark().createDataFrame(List.of(), BatchViews.ROW);
        return new GoldTables(lake, definition, stores)
                .show(none, promoted, Generation.NONE, new TouchedDays(List.of()), index, monitor);
    }

    /** New events first: what is old already can wait a little. */
    private void letSpeedJobCatchUp() {
        long began = System.nanoTime();
        while (archived().note().positions().minus(editor.read(lake.model()).end()) > LAG_ALLOWED
                && Duration.ofNanos(System.nanoTime() - began).compareTo(settings.patience()) < 0) {
            monitor.pause(PAUSE);
        }
    }

    private Noted<CommitNote> archived() {
        return lake.archive().log().newest().orElse(Appender.NOTHING);
    }

    static List<View> rollups(CompiledDefinition definition) {
        return View.of(definition.definition()).stream()
                .filter(view -> !view.name().equals(View.LEDGER))
                .toList();
    }
}
