package io.bifocal.batch;

import io.bifocal.core.accuracy.CheckedAnswer;
import io.bifocal.core.accuracy.SampledAnswer;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Definitions;
import io.bifocal.core.query.Query;
import io.bifocal.core.query.QueryEngine;
import io.bifocal.core.query.QueryObserver;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives answers again that were kept when they were given, exactly: with views of the very records that they counted, computed
 * from the archive. So what sets the two apart is what the live views had wrong, and not what has come since.
 */
final class AnswerAudit {
    /** Of one job; each takes a Spark job of its own. */
    private static final int MOST_ANSWERS = 20;

    /** After which no other is begun: somebody may be waiting for the job. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(15);

    private static final long MOST_EVENTS = 2_000_000;
    private static final int MOST_ROWS = 200_000;
    private static final String PART = "audit";

    /** As far as times can be written in a question. */
    private static final Extent.Range ALWAYS =
            new Extent.Range(Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("9999-12-31T23:59:59.999999Z"));

    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final Logger LOG = LoggerFactory.getLogger(AnswerAudit.class);

    private final JobContext context;
    private final Books books;
    private final Clock clock;

    /** Where answers are kept. */
    interface Books {
        /** The oldest. */
        List<SampledAnswer> samples(int limit);

        /** Puts what came of one in its place. */
        void checked(CheckedAnswer checked);
    }

    AnswerAudit(JobContext context, Books books, Clock clock) {
        this.context = context;
        this.books = books;
        this.clock = clock;
    }

    /** Returns how many were given again; those whose records are not archived yet wait. */
    int run() {
        List<SampledAnswer> waiting = books.samples(MOST_ANSWERS);
        if (waiting.isEmpty()) {
            return 0;
        }
        CommitLog.Noted<CommitNote> archived = context.lake().archive().archived();
        Dataset<Row> archive = context.lake().archive().at(archived.version());
        int checked = 0;
        Instant end = clock.instant().plus(LONG_ENOUGH);
        for (SampledAnswer sample : waiting) {
            if (clock.instant().isBefore(end) && archived.note().positions().covers(sample.counted())) {
                context.monitor().report(0.99, "computing answers again that were given: " + checked);
                books.checked(check(sample, archive));
                checked++;
            }
        }
        return checked;
    }

    private CheckedAnswer check(SampledAnswer sample, Dataset<Row> archive) {
        Instant now = clock.instant();
        if (!sample.definition().equals(context.hash())) {
            return CheckedAnswer.skipped(sample, now, "it was given with another definition than the one in force");
        }
        try {
            Query question = sample.question();
            Dataset<Row> events =
                    events(question, archive).where(ArchiveTable.between(Positions.NONE, sample.counted()));
            if (events.limit(Math.toIntExact(MOST_EVENTS) + 1).count() > MOST_EVENTS) {
                return CheckedAnswer.skipped(sample, now, "it is of more than " + MOST_EVENTS + " events");
            }
            List<Row> rows = rows(events, sample.counted());
            if (rows.size() > MOST_ROWS) {
                return CheckedAnswer.skipped(sample, now, "it is of more than " + MOST_ROWS + " view rows");
            }
            List<ViewRow> views = rows.stream().map(ViewRows::viewRow).toList();
            return CheckedAnswer.of(sample, answer(question, sample.counted(), views), now);
        } catch (RuntimeException failure) {
            LOG.error("answer {} of {} cannot be given again", sample.id(), context.model(), failure);
            return CheckedAnswer.skipped(sample, now, String.valueOf(failure.getMessage()));
        }
    }

    /** What can be in the answer. A metric that cumulates looks back beyond the range. */
    private Dataset<Row> events(Query question, Dataset<Row> archive) {
        boolean looksBack = definition().model().metrics().stream().anyMatch(CumulativeMetric.class::isInstance);
        Extent.Range range = new Extent.Range(
                question.time().from().filter(start -> !looksBack).orElse(ALWAYS.from()),
                question.time().to().orElse(ALWAYS.to()));
        return range.equals(ALWAYS) ? archive : new Reading(context.definition()).events(archive, range);
    }

    private List<Row> rows(Dataset<Row> events, Positions counted) {
        Object[] rollups = View.rollups(definition()).stream().map(View::name).toArray();
        return context.views()
                .between(events, Positions.NONE, counted)
                .where(functions.col("view").isin(rollups))
                .limit(MOST_ROWS + 1)
                .collectAsList();
    }

    private Answer answer(Query question, Positions counted, List<ViewRow> rows) {
        Manifest manifest = manifest(counted);
        QueryEngine engine = new QueryEngine(
                ManifestStore.readOnly(model -> Optional.of(manifest)),
                new ComputedViews(PART, rows),
                Definitions.only(definition()),
                Manifest::lastArrival,
                QueryObserver.NONE,
                clock,
                new QueryEngine.Limits(DEADLINE, 1, DEADLINE.multipliedBy(2)));
        return engine.answer(question);
    }

    private Manifest manifest(Positions counted) {
        Instant now = clock.instant();
        Generation exact =
                new Generation(1, PART, context.hash(), counted, 0, 0, 0, now, now, List.of(), Optional.empty());
        return new Manifest(
                context.model(),
                1,
                context.hash(),
                exact,
                List.of(),
                List.of(),
                1,
                List.of(),
                List.of(),
                0,
                Optional.empty(),
                now);
    }

    private Definition definition() {
        return context.definition().definition();
    }
}
