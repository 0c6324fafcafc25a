package io.bifocal.batch;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.batch.EventDays.Chunk;
import io.bifocal.core.cut.Candidate;
import io.bifocal.core.cut.CandidateWriter;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.view.ViewStore.PartDay;
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

    private final JobContext context;
    private final long recordsPerChunk;

    /**
     * @param context with the definition that is to take over
     * @param recordsPerChunk after which a chunk ends with the event day
     */
    BackfillJob(JobContext context, long recordsPerChunk) {
        this.context = context;
        this.recordsPerChunk = recordsPerChunk;
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
            CandidateWriter writer = writer();
            Candidate candidate = begin(writer, asked);
            Dataset<Row> archive =
                    context.lake().archive().at(candidate.generation().archiveVersion());
            EventDays days = EventDays.of(
                    archive,
                    candidate.generation().cut(),
                    context.definition(),
                    candidate.generation().retained());
            return compute(writer, candidate, archive, days, range);
        } catch (Refused given) {
            throw Errors.of(
                    ErrorCode.JOB_FAILED,
                    "The new version of " + context.model() + " was given up meanwhile: " + given.getMessage(),
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
        BatchViews views = context.views();
        List<Chunk> chunks = left(days, range, Optional.of(begun));
        int computed = 0;
        long events = 0;
        for (int i = 0; i < chunks.size(); i++) {
            Chunk chunk = chunks.get(i);
            letSpeedJobCatchUp();
            context.monitor()
                    .report(0.1 + 0.8 * i / chunks.size(), "computing " + chunk + " of " + chunks.size() + " chunks");
            TouchedDays touched = days.viewDays(chunk.days());
            candidate = writer.covered(
                    candidate,
                    chunk.days(),
                    context.write(views.of(archive, generation.cut(), touched), generation.part()));
            computed += touched.count();
            events += chunk.events();
        }
        List<Integer> missing = days.missing(candidate, days.all());
        if (missing.isEmpty() && !candidate.complete()) {
            context.monitor().report(0.9, "computing the ledger");
            List<PartDay> ledger =
                    context.write(views.of(archive, generation.cut(), days.ledgerDays(archive)), generation.part());
            candidate = writer.complete(candidate, ledger);
        }
        return new Built(candidate, computed, missing, events);
    }

    private Candidate begin(CandidateWriter writer, Positions asked) {
        Optional<Candidate> begun = writer.current();
        while (begun.isEmpty()) {
            begun = propose(writer, asked);
        }
        return begun.get();
    }

    /** Empty where another generation was cut past the archive's version meanwhile. */
    private Optional<Candidate> propose(CandidateWriter writer, Positions asked) {
        Noted<CommitNote> archived = context.awaitArchived(asked);
        Positions cut = archived.note().positions();
        Arrivals arrivals = Arrivals.of(
                context.lake().archive().at(archived.version()).where(ArchiveTable.between(Positions.NONE, cut)));
        try {
            return Optional.of(writer.begin(
                    cut,
                    archived.version(),
                    arrivals.records(),
                    arrivals.last(),
                    archived.note().lost(),
                    context.retained()));
        } catch (Refused refused) {
            if (refused.reason() == Refused.Reason.OUT_OF_ORDER) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    /**
     * What {@link #build} would do, and cost.
     *
     * @param days of the whole archive
     * @param chunks that no job has computed yet
     */
    record Plan(EventDays days, List<Chunk> chunks) {}

    Plan plan(Optional<Extent.Range> range) {
        Noted<CommitNote> archived = archived();
        EventDays days = archived.equals(Appender.NOTHING)
                ? EventDays.none(context.definition())
                : EventDays.of(
                        context.lake().archive().at(archived.version()),
                        archived.note().positions(),
                        context.definition(),
                        context.editor()
                                .readOrCreate(context.model(), context.hash())
                                .generation()
                                .retained()
                                .and(context.retained()));
        return new Plan(days, left(days, range, writer().current()));
    }

    private List<Chunk> left(EventDays days, Optional<Extent.Range> range, Optional<Candidate> begun) {
        return days.chunks(recordsPerChunk, range).stream()
                .filter(chunk -> begun.map(candidate ->
                                !days.missing(candidate, chunk.days()).isEmpty())
                        .orElse(true))
                .toList();
    }

    private CandidateWriter writer() {
        return new CandidateWriter(context.editor(), context.stores().open(), context.model(), context.hash());
    }

    /** Puts the generation in force as soon as the run that goes on from it counts all that is counted now. */
    Generation promote() {
        String hash = context.hash();
        Positions end = Positions.NONE;
        long moved = System.nanoTime();
        while (true) {
            Manifest manifest = context.editor().read(context.model());
            Positions counted = manifest.as(hash).orElse(manifest).end();
            if (counted.covers(manifest.end())) {
                context.monitor().passPointOfNoReturn();
                Optional<Generation> promoted = CandidateWriter.promote(
                        context.editor(),
                        context.model(),
                        hash,
                        context.settings().owner(),
                        context.settings().keep());
                if (promoted.isPresent()) {
                    return promoted.get();
                }
            }
            context.monitor()
                    .report(
                            0.92,
                            "waiting for " + manifest.end().minus(counted) + " records to be counted by the speed job");
            if (!counted.equals(end)) {
                end = counted;
                moved = System.nanoTime();
            } else if (Duration.ofNanos(System.nanoTime() - moved)
                            .compareTo(context.settings().patience())
                    > 0) {
                standIn(manifest, counted);
            }
            context.monitor().pause();
        }
    }

    private void standIn(Manifest manifest, Positions counted) {
        Noted<CommitNote> archived = archived();
        Positions reached = archived.note().positions();
        if (reached.covers(counted) && !reached.equals(counted)) {
            context.monitor().report(0.92, "the speed job stands still: counting from the archive in its place");
            boolean unused = context.bridges().append(manifest, reached, archived);
        }
    }

    /** Makes the gold tables show the generation that was promoted; why they do not, where they don't. */
    Optional<String> gold(Generation promoted) {
        List<PartDay> index = context.index(promoted.part());
        Dataset<Row> none = context.lake().spark().createDataFrame(List.of(), BatchViews.ROW);
        return context.goldTables()
                .show(none, promoted, Generation.NONE, new TouchedDays(List.of()), index, context.monitor());
    }

    /** New events first: what is old already can wait a little. */
    private void letSpeedJobCatchUp() {
        long began = System.nanoTime();
        while (archived()
                                .note()
                                .positions()
                                .minus(context.editor().read(context.model()).end())
                        > LAG_ALLOWED
                && Duration.ofNanos(System.nanoTime() - began)
                                .compareTo(context.settings().patience())
                        < 0) {
            context.monitor().pause();
        }
    }

    private Noted<CommitNote> archived() {
        return context.lake().archive().archived();
    }
}
