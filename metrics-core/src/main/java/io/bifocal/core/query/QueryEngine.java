package io.bifocal.core.query;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Answer.Row;
import io.bifocal.core.query.Answer.Status;
import io.bifocal.core.query.Plan.Read;
import io.bifocal.core.query.Query.Require;
import io.bifocal.core.query.QueryObserver.Phase;
import io.bifocal.core.query.QueryPlanner.Indexed;
import io.bifocal.core.query.RowMerger.Group;
import io.bifocal.core.query.RowMerger.GroupKey;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Answers queries (rule 6): reads the manifest once, then only rows that it names, merges their states and finishes last. It
 * blocks its caller; any number of threads may ask. An answer is whole, or says what is missing, or is refused.
 */
public final class QueryEngine {
    private final ManifestStore manifests;
    private final ViewStore views;
    private final Definitions definitions;
    private final Freshness freshness;
    private final QueryObserver observer;
    private final Clock clock;
    private final Limits limits;
    private final IndexReader indexReader;

    public QueryEngine(
            ManifestStore manifests,
            ViewStore views,
            Definitions definitions,
            Freshness freshness,
            QueryObserver observer,
            Clock clock,
            Limits limits) {
        this.manifests = manifests;
        this.views = views;
        this.definitions = definitions;
        this.freshness = freshness;
        this.observer = observer;
        this.clock = clock;
        this.limits = limits;
        this.indexReader = new IndexReader(views);
    }

    /**
     * What answers may take.
     *
     * @param deadline after which an answer is given up; shorter than the grace
     * @param readsInFlight of one answer, at once
     * @param grace how long rows stay after the last manifest that named them
     */
    public record Limits(Duration deadline, int readsInFlight, Duration grace) {
        public Limits {
            if (deadline.compareTo(grace) >= 0) {
                throw Errors.of(
                        ErrorCode.BAD_CONFIG,
                        "The query deadline of " + deadline + " is not shorter than the grace of " + grace
                                + " after which rows are deleted.",
                        "Lower query.deadline-millis or raise collect.grace-seconds.");
            }
        }
    }

    /**
     * Answers a question.
     *
     * @throws BifocalException {@code UNKNOWN_NAME}, {@code BAD_QUERY}, {@code NO_ROLLUP}, {@code NOT_EXACT}, {@code
     *     TOO_STALE}, {@code GONE}, {@code BAD_REQUEST} for a token that is none, {@code DEADLINE}, {@code UNAVAILABLE}
     */
    public Answer answer(Question question) {
        if (question instanceof Question.Earlier earlier) {
            return answerAgain(earlier.token());
        }
        return answerNow((Query) question);
    }

    /**
     * The model that a question is about.
     *
     * @throws BifocalException {@code BAD_REQUEST} for a token that is none
     */
    public static String model(Question question) {
        return question instanceof Question.Earlier earlier
                ? AnswerToken.decode(earlier.token()).query().model()
                : ((Query) question).model();
    }

    private Answer answerNow(Query query) {
        Asked asked = new Asked(query);
        Optional<Manifest> manifest = manifests.read(query.model());
        Definition definition = definition(query.model(), manifest.map(Manifest::definition));
        QueryNames.check(query, definition);
        Snapshot snapshot = manifest.map(each -> Snapshot.of(each, freshness)).orElseGet(Snapshot::empty);
        requireFresh(query, snapshot);
        List<Indexed> indexes = indexReader.read(query.model(), snapshot.sources(), asked.reads());
        Plan plan = new QueryPlanner(definition).plan(query, indexes);
        AnswerToken token = new AnswerToken(query, plan.view().name(), snapshot);
        return asked.answer(definition, plan, snapshot, token.encode());
    }

    private Answer answerAgain(String text) {
        AnswerToken token = AnswerToken.decode(text);
        Query query = token.query();
        Snapshot snapshot = token.snapshot();
        Asked asked = new Asked(query);
        requireNamed(query.model(), snapshot);
        Definition definition =
                definition(query.model(), Optional.of(snapshot.definition()).filter(hash -> !hash.isEmpty()));
        QueryNames.check(query, definition);
        try {
            List<Indexed> indexes = indexReader.read(query.model(), snapshot.sources(), asked.reads());
            Plan plan = new QueryPlanner(definition)
                    .planAgain(query, indexes, token.rollup())
                    .orElseThrow(() -> gone("its rollup " + token.rollup() + " is not kept any more"));
            return asked.answer(definition, plan, snapshot, text);
        } finally {
            // Rows may have been deleted while they were read: then there were perhaps fewer.
            requireNamed(query.model(), snapshot);
        }
    }

    private Definition definition(String model, Optional<String> hash) {
        Definition current =
                definitions.current(model).orElseThrow(() -> QueryNames.unknownModel(model, definitions.models()));
        return hash.isEmpty()
                ? current
                : definitions
                        .byHash(model, hash.get())
                        .orElseThrow(() -> Errors.of(
                                ErrorCode.UNAVAILABLE,
                                "The definition " + hash.get() + " of " + model + "'s views is not known here.",
                                "Try again in a moment; if it stays, apply the model again."));
    }

    private void requireFresh(Query query, Snapshot snapshot) {
        query.maxStalenessMillis().ifPresent(most -> {
            Instant fresh = snapshot.freshThrough().orElse(Instant.EPOCH);
            long staleMillis = Duration.between(fresh, clock.instant()).toMillis();
            if (staleMillis > most) {
                throw Errors.of(
                        ErrorCode.TOO_STALE,
                        "The answer would be fresh through " + fresh + ", " + staleMillis + " ms ago.",
                        "Allow more than " + most + " ms, or wait until the speed job has caught up.",
                        Map.of("freshThrough", fresh.toString(), "staleMillis", staleMillis));
            }
        });
    }

    /** A token's parts must still be there as a whole. */
    private void requireNamed(String model, Snapshot snapshot) {
        Set<String> there = new HashSet<>();
        manifests.read(model).ifPresent(manifest -> {
            there.addAll(manifest.names());
            manifest.retired().stream()
                    .filter(retired -> clock.instant().isBefore(retired.at().plus(limits.grace())))
                    .forEach(retired -> there.add(retired.part()));
        });
        snapshot.sources().stream()
                .filter(source -> source.role() != Snapshot.Role.HOLE && !there.contains(source.part()))
                .findFirst()
                .ifPresent(source -> {
                    throw gone("its part " + source.part() + " has been replaced since");
                });
    }

    private static BifocalException gone(String why) {
        return Errors.of(
                ErrorCode.GONE,
                "The answer cannot be given again: " + why + ".",
                "Ask the query again; the answer may differ by what has arrived and been recomputed since.");
    }

    /** One query on its way to its answer. */
    private final class Asked {
        private final Query query;
        private final OrderedReads indexReads;
        private final OrderedReads rowReads;
        private final long beganNanos = System.nanoTime();

        Asked(Query query) {
            this.query = query;
            Deadline deadline = Deadline.after(limits.deadline(), clock);
            this.indexReads = new OrderedReads(limits.readsInFlight(), deadline);
            this.rowReads = new OrderedReads(limits.readsInFlight(), deadline);
        }

        OrderedReads reads() {
            return indexReads;
        }

        Answer answer(Definition definition, Plan plan, Snapshot snapshot, String token) {
            took(plan, Phase.PLAN, System.nanoTime() - beganNanos);
            MetricFinisher finisher = new MetricFinisher(definition, plan.view(), query.metrics());
            RowMerger merger = new RowMerger(plan.view(), query, finisher.wanted());
            rowReads.each(
                    plan.reads(),
                    read -> views.rows(
                            query.model(), read.storedUnder(), plan.view(), read.day(), read.from(), read.to()),
                    (read, rows) -> merger.add(read, checked(read, rows)));
            took(plan, Phase.READ, rowReads.waitedNanos());
            long finishing = System.nanoTime();
            Map<GroupKey, Group> groups = merger.groups();
            boolean exact = groups.values().stream().allMatch(group -> group.status() == Status.EXACT);
            requireExact(exact, snapshot);
            AnswerBuilder builder = new AnswerBuilder(definition, query, finisher);
            List<Row> rows = builder.rows(groups);
            took(plan, Phase.MERGE, rowReads.usedNanos() + System.nanoTime() - finishing);
            return new Answer(builder.columns(), rows, meta(definition, plan, snapshot, token, exact));
        }

        private void requireExact(boolean exact, Snapshot snapshot) {
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

        private Answer.Meta meta(Definition definition, Plan plan, Snapshot snapshot, String token, boolean exact) {
            List<String> warnings = new ArrayList<>();
            if (snapshot.holed()) {
                warnings.add("Records are missing that neither Kafka nor the archive has any more: "
                        + String.join(", ", snapshot.holes()) + "; they may belong to any of these rows.");
            }
            if (!exact && !definition.model().identity().isEmpty()) {
                warnings.add("Rows that are not exact may count an event more than once; the next batch removes"
                        + " duplicates.");
            }
            return new Answer.Meta(
                    token,
                    plan.view().name(),
                    snapshot.generation(),
                    snapshot.exactThrough(),
                    snapshot.freshThrough(),
                    snapshot.holed(),
                    warnings);
        }

        private List<ViewRow> checked(Read read, List<ViewRow> rows) {
            if (rows.isEmpty() && read.rows() > 0) {
                throw IndexReader.missing(query.model(), read.storedUnder());
            }
            return rows;
        }

        private void took(Plan plan, Phase phase, long nanos) {
            observer.took(query.model(), plan.view().name(), phase, nanos);
        }
    }
}
