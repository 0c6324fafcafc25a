package io.bifocal.core.query;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Answer.Row;
import io.bifocal.core.query.Answer.Status;
import io.bifocal.core.query.Explanation.PartPlan;
import io.bifocal.core.query.Plan.Read;
import io.bifocal.core.query.Query.Require;
import io.bifocal.core.query.QueryEngine.Limits;
import io.bifocal.core.query.QueryObserver.Phase;
import io.bifocal.core.query.Snapshot.Source;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** A question that is understood: what is read for it is fixed. */
final class PreparedQuery {
    /**
     * What an answer is made from.
     *
     * @param manifest that names the parts of the snapshot, or, of an earlier answer, the one in force now
     * @param token with which the same answer can be asked for again
     */
    record Basis(
            Query query,
            Definition definition,
            Snapshot snapshot,
            Optional<Manifest> manifest,
            QueryPlanner planner,
            Plan plan,
            String token) {}

    private final Basis basis;
    private final Query query;
    private final Definition definition;
    private final Snapshot snapshot;
    private final QueryPlanner planner;
    private final Plan plan;
    private final ViewStore views;
    private final QueryObserver observer;
    private final Limits limits;
    private final Deadline deadline;
    private final OrderedReads reads;

    PreparedQuery(Basis basis, ViewStore views, QueryObserver observer, Limits limits, Deadline deadline) {
        this.basis = basis;
        this.query = basis.query();
        this.definition = basis.definition();
        this.snapshot = basis.snapshot();
        this.planner = basis.planner();
        this.plan = basis.plan();
        this.views = views;
        this.observer = observer;
        this.limits = limits;
        this.deadline = deadline;
        this.reads = new OrderedReads(limits.readsInFlight(), deadline);
    }

    Answer answer() {
        Status ofNothing = snapshot.generation() > 0 ? Status.EXACT : Status.PROVISIONAL;
        AnswerBuilder builder = new AnswerBuilder(definition, plan.view(), query, ofNothing, deadline);
        RowMerger merger = builder.merger(plan.view());
        read(plan, (read, some) -> {
            merger.add(read, some);
            TooManyRows.require(merger.size(), limits.answerRows());
        });
        took(Phase.READ, reads.waitedNanos());
        long finishing = System.nanoTime();
        List<Row> rows = builder.rows(merger, limits.answerRows());
        requireExact(builder.exact());
        took(Phase.MERGE, reads.usedNanos() + System.nanoTime() - finishing);
        return new Answer(builder.columns(), rows, meta(builder.exact()));
    }

    private void read(Plan what, BiConsumer<Read, List<ViewRow>> use) {
        reads.each(
                what.reads(),
                read -> views.rows(query.model(), read.storedUnder(), what.view(), read.day(), read.from(), read.to()),
                (read, rows) -> use.accept(read, checked(read, rows)));
    }

    Lineage lineage(Cell cell) {
        Query own = cell.query(query, definition);
        Plan ownPlan = planner.about(own).planAgain(plan.view().name()).orElseThrow();
        planner.about(own).requireWithin(limits.cost(), ownPlan);
        CellTracer tracer = new CellTracer(definition, own, ownPlan, deadline);
        read(ownPlan, tracer::add);
        return tracer.lineage(cell.metric(query), cell, snapshot, basis.manifest());
    }

    /** That the answer is given from; empty where there is none yet. */
    Optional<Manifest> manifest() {
        return basis.manifest();
    }

    Explanation explain() {
        List<PartPlan> parts = snapshot.sources().stream().map(this::partPlan).toList();
        Cost cost = plan.cost();
        return new Explanation(
                query.model(),
                plan.view().name(),
                snapshot.generation(),
                plan.span().range().from(),
                plan.span().range().to(),
                cost.partitions(),
                cost.rows(),
                limits.cost(),
                cost.within(limits.cost()),
                parts,
                planner.considered(plan));
    }

    private PartPlan partPlan(Source source) {
        List<Read> own = plan.reads().stream()
                .filter(read -> read.source().equals(source))
                .toList();
        Cost cost = own.stream().map(plan::cost).reduce(Cost.NONE, Cost::plus);
        int days = (int) own.stream().mapToInt(Read::day).distinct().count();
        return new PartPlan(
                source.part(), source.role().text(), source.records(), days, cost.partitions(), cost.rows());
    }

    /**
     * Refuses to read too much.
     *
     * @throws io.bifocal.core.error.BifocalException {@code TOO_EXPENSIVE}
     */
    void requireAffordable() {
        planner.requireWithin(limits.cost(), plan);
    }

    private void requireExact(boolean exact) {
        if (query.require() == Require.EXACT && (!exact || snapshot.holed())) {
            throw Errors.of(
                    ErrorCode.NOT_EXACT,
                    "The answer holds events that arrived after the generation "
                            + (snapshot.generation() == 0 ? "(there is none yet)" : snapshot.generation())
                            + " was cut.",
                    "Recompute the model first, or allow any consistency.",
                    Map.of("generation", snapshot.generation()));
        }
    }

    private Answer.Meta meta(boolean exact) {
        List<String> warnings = new ArrayList<>();
        if (snapshot.holed()) {
            warnings.add("Records are missing that neither Kafka nor the archive has any more: "
                    + String.join(", ", snapshot.holes()) + "; they may belong to any of these rows.");
        }
        snapshot.retained()
                .from()
                .filter(this::isAfterBeginning)
                .ifPresent(first -> warnings.add("Days before " + first + " are not kept, and not in these rows."));
        if (!exact && !definition.model().identity().isEmpty()) {
            warnings.add("Rows that are not exact may count an event more than once; the next batch removes"
                    + " duplicates.");
        }
        return new Answer.Meta(
                basis.token(),
                plan.view().name(),
                snapshot.generation(),
                snapshot.exactThrough(),
                snapshot.freshThrough(),
                snapshot.holed(),
                warnings);
    }

    private boolean isAfterBeginning(LocalDate first) {
        return plan.view().grid().dayStart(Math.toIntExact(first.toEpochDay()))
                > plan.span().from();
    }

    private List<ViewRow> checked(Read read, List<ViewRow> rows) {
        if (rows.isEmpty() && read.certain()) {
            throw IndexReader.missing(query.model(), read.storedUnder());
        }
        return rows;
    }

    /** @throws io.bifocal.core.error.BifocalException {@code DEADLINE} */
    void requireInTime() {
        deadline.check();
    }

    void took(Phase phase, long nanos) {
        observer.took(query.model(), plan.view().name(), phase, nanos);
    }
}
