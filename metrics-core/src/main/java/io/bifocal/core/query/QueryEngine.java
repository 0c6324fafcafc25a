package io.bifocal.core.query;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Definition;
import io.bifocal.core.query.PreparedQuery.Basis;
import io.bifocal.core.query.QueryObserver.Phase;
import io.bifocal.core.query.QueryPlanner.Indexed;
import io.bifocal.core.view.ViewStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

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
    private final Fingerprints fingerprints = new Fingerprints();

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
     * @param cost of one query, at most
     * @param answerRows of one answer at most, those that are filled in and those that a limit leaves out included: all are in
     *     memory at once
     */
    public record Limits(Duration deadline, int readsInFlight, Duration grace, Cost cost, long answerRows) {
        public Limits {
            if (deadline.compareTo(grace) >= 0) {
                throw Errors.of(
                        ErrorCode.BAD_CONFIG,
                        "The query deadline of " + deadline + " is not shorter than the grace of " + grace
                                + " after which rows are deleted.",
                        "Lower query.deadline-millis or raise collect.grace-seconds.");
            }
        }

        /** Without a limit of cost and rows. */
        public Limits(Duration deadline, int readsInFlight, Duration grace) {
            this(deadline, readsInFlight, grace, Cost.UNLIMITED, Long.MAX_VALUE);
        }
    }

    /**
     * Answers a question.
     *
     * @throws BifocalException {@code UNKNOWN_NAME}, {@code BAD_QUERY}, {@code NO_ROLLUP}, {@code TOO_EXPENSIVE}, {@code
     *     NOT_EXACT}, {@code TOO_STALE}, {@code GONE}, {@code BAD_REQUEST} for a token that is none, {@code DEADLINE}, {@code
     *     UNAVAILABLE}
     */
    public Answer answer(Question question) {
        PreparedQuery prepared = prepare(question);
        if (question instanceof Query query) {
            prepared.requireAffordable();
            Answer answer = prepared.answer();
            prepared.manifest().ifPresent(manifest -> observer.answered(query, manifest, answer));
            return answer;
        }
        return whole(question, prepared, prepared::answer);
    }

    /**
     * Tells how a question would be answered, without reading any rows.
     *
     * @throws BifocalException as {@link #answer}, but for {@code TOO_EXPENSIVE} and {@code NOT_EXACT}
     */
    public Explanation explain(Question question) {
        return prepare(question).explain();
    }

    /**
     * Tells where one number of an answer comes from.
     *
     * @param cell of an answer to the question
     * @throws BifocalException as {@link #answer}, but for {@code NOT_EXACT}
     */
    public Lineage lineage(Question question, Cell cell) {
        PreparedQuery prepared = prepare(question);
        return whole(question, prepared, () -> prepared.lineage(cell));
    }

    /** Rows of an earlier answer may have been deleted while they were read: then there were perhaps fewer. */
    private <T> T whole(Question question, PreparedQuery prepared, Supplier<T> read) {
        try {
            return read.get();
        } finally {
            if (question instanceof Question.Earlier earlier) {
                AnswerToken token = AnswerToken.decode(earlier.token());
                requireNamed(token.query().model(), token.snapshot());
                // That was true when the manifest was read, and an erasure may have been done since then.
                prepared.requireInTime();
            }
        }
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

    private PreparedQuery prepare(Question question) {
        long began = System.nanoTime();
        Deadline deadline = Deadline.after(limits.deadline(), clock);
        Basis basis = question instanceof Question.Earlier earlier
                ? again(earlier.token(), deadline)
                : now((Query) question, deadline);
        PreparedQuery prepared = new PreparedQuery(basis, views, observer, limits, deadline);
        prepared.took(Phase.PLAN, System.nanoTime() - began);
        return prepared;
    }

    private Basis now(Query query, Deadline deadline) {
        requireModel(query.model()); // before a name that may be anything gets to the stores
        Optional<Manifest> manifest = manifests.read(query.model());
        Definition definition = definition(query.model(), manifest.map(Manifest::definition));
        QueryNames.check(query, definition);
        Snapshot snapshot = manifest.map(each -> Snapshot.of(each, freshness)).orElseGet(Snapshot::empty);
        requireFresh(query, snapshot);
        QueryPlanner planner =
                new QueryPlanner(definition, query, snapshot.retained(), indexes(query, snapshot, deadline));
        Plan plan = planner.plan();
        AnswerToken token = new AnswerToken(query, plan.view().name(), fingerprints.of(definition), snapshot);
        return new Basis(query, definition, snapshot, manifest, planner, plan, token.encode());
    }

    private Basis again(String text, Deadline deadline) {
        AnswerToken token = AnswerToken.decode(text);
        Query query = token.query();
        Snapshot snapshot = token.snapshot();
        requireModel(query.model());
        Optional<Manifest> manifest = requireNamed(query.model(), snapshot);
        Definition definition = definitions
                .byFingerprint(query.model(), token.definition())
                .orElseThrow(() -> gone("its definition is not kept any more"));
        QueryNames.check(query, definition);
        QueryPlanner planner =
                new QueryPlanner(definition, query, snapshot.retained(), indexesAgain(query, snapshot, deadline));
        Plan plan = planner.planAgain(token.rollup())
                .orElseThrow(() -> gone("its rollup " + token.rollup() + " is not kept any more"));
        return new Basis(query, definition, snapshot, manifest, planner, plan, text);
    }

    private List<Indexed> indexesAgain(Query query, Snapshot snapshot, Deadline deadline) {
        try {
            return indexes(query, snapshot, deadline);
        } finally {
            requireNamed(query.model(), snapshot);
        }
    }

    private List<Indexed> indexes(Query query, Snapshot snapshot, Deadline deadline) {
        return indexReader.read(query.model(), snapshot.sources(), new OrderedReads(limits.readsInFlight(), deadline));
    }

    private Definition definition(String model, Optional<String> hash) {
        Definition current = requireModel(model);
        return hash.isEmpty()
                ? current
                : definitions
                        .byHash(model, hash.get())
                        .orElseThrow(() -> Errors.of(
                                ErrorCode.UNAVAILABLE,
                                "The definition " + hash.get() + " of " + model + "'s views is not known here.",
                                "Try again in a moment; if it stays, apply the model again."));
    }

    private Definition requireModel(String model) {
        return definitions.current(model).orElseThrow(() -> QueryNames.unknownModel(model, definitions.models()));
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
    private Optional<Manifest> requireNamed(String model, Snapshot snapshot) {
        Optional<Manifest> manifest = manifests.read(model);
        Set<String> there = manifest.map(current -> current.namedWithin(limits.grace(), clock.instant()))
                .orElse(Set.of());
        snapshot.sources().stream()
                .filter(source -> source.role() != Snapshot.Role.HOLE && !there.contains(source.part()))
                .findFirst()
                .ifPresent(source -> {
                    throw gone("its part " + source.part() + " has been replaced since");
                });
        return manifest;
    }

    private static BifocalException gone(String why) {
        return Errors.of(
                ErrorCode.GONE,
                "The answer cannot be given again: " + why + ".",
                "Ask the query again; the answer may differ by what has arrived and been recomputed since.");
    }
}
