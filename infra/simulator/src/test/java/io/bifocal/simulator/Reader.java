package io.bifocal.simulator;

import io.bifocal.core.aggregate.Aggregate;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Definitions;
import io.bifocal.core.query.Query;
import io.bifocal.core.query.QueryEngine;
import io.bifocal.core.query.QueryObserver;
import io.bifocal.core.query.Question;
import io.bifocal.core.view.RowCodec;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** Those who ask, and hold what they are told against the truth. */
final class Reader {
    /** Of a history: what it was asked and told. */
    record Report(long answers, long again, long gone, long late, long notExact, long noRollup) {
        Report plus(Report other) {
            return new Report(
                    answers + other.answers,
                    again + other.again,
                    gone + other.gone,
                    late + other.late,
                    notExact + other.notExact,
                    noRollup + other.noRollup);
        }
    }

    private static final int LONGEST_WAIT = 1_500;

    private final Random random;
    private final Scheduler scheduler;
    private final SimulatedCatalog catalog;
    private final Map<String, Truth> truths;
    private final ManifestStore manifests;
    private final ViewStore views;
    private final SimulatedClock clock;
    private final Set<Rule> off;
    private final Questions questions;
    private Positions toldUpTo = Positions.NONE;
    private Optional<Manifest> remembered = Optional.empty();
    private Report report = new Report(0, 0, 0, 0, 0, 0);

    Reader(
            Random random,
            Scheduler scheduler,
            SimulatedCatalog catalog,
            SimulatedKafka kafka,
            ManifestStore manifests,
            ViewStore views,
            SimulatedClock clock,
            Set<Rule> off) {
        this.random = random;
        this.scheduler = scheduler;
        this.catalog = catalog;
        this.truths = catalog.versions().stream()
                .collect(Collectors.toMap(SimulatedModel::hash, version -> new Truth(version, kafka)));
        this.manifests = manifests;
        this.views = views;
        this.clock = clock;
        this.off = off;
        this.questions = new Questions(random);
    }

    Report report() {
        return report;
    }

    /** Asks something, and perhaps for the same answer again, some time later. */
    void ask() {
        Query query = questions.any();
        Positions before = toldUpTo;
        Watched watched = new Watched();
        try {
            Answer answer = engine(watched).answer(query);
            Manifest manifest = watched.first.orElseThrow();
            Violation.unless(
                    manifest.end().covers(before), () -> "answers fell from " + before + " to " + manifest.end());
            toldUpTo = toldUpTo.max(manifest.end());
            check(query, answer, manifest);
            count(1, 0, 0, 0, 0, 0);
            if (random.nextInt(3) == 0) {
                askAgain(query, answer, manifest);
            }
        } catch (BifocalException refused) {
            refused(query, watched, refused);
        }
    }

    /** Asks for all that is counted, with nobody else about. */
    List<Answer.Row> askForEverything() {
        Watched watched = new Watched();
        Answer answer = engine(watched).answer(Questions.everything());
        check(Questions.everything(), answer, watched.first.orElseThrow());
        checkLedger(watched.first.orElseThrow());
        return answer.rows();
    }

    private void refused(Query query, Watched watched, BifocalException refused) {
        switch (refused.code()) {
            case DEADLINE -> count(0, 0, 0, 1, 0, 0);
            case NO_ROLLUP -> count(0, 0, 0, 0, 0, 1);
            case NOT_EXACT -> {
                Manifest manifest = watched.first.orElseThrow();
                Violation.unless(
                        query.require() == Query.Require.EXACT
                                && (!truth(manifest).exact(query, manifest)
                                        || !Truth.holes(manifest).isEmpty()),
                        () -> "refused as not exact: " + query + " at " + manifest);
                count(0, 0, 0, 0, 1, 0);
            }
            default -> throw new Violation("refused with " + refused + " at " + watched.first);
        }
    }

    private void askAgain(Query query, Answer answer, Manifest named) {
        scheduler.pause(random.nextInt(LONGEST_WAIT));
        Watched watched = new Watched();
        if (off.contains(Rule.TOKEN_IS_REFUSED)) {
            watched.pretended = Optional.of(named);
        }
        try {
            Answer later =
                    engine(watched).answer(new Question.Earlier(answer.meta().answer()));
            Violation.unless(
                    later.rows().equals(answer.rows()),
                    () -> "asked again: " + later.rows() + ", before: " + answer.rows());
            // What has been erased meanwhile may not come back either.
            check(query, later, named);
            count(0, 1, 0, 0, 0, 0);
        } catch (BifocalException refused) {
            Violation.unless(
                    Set.of(ErrorCode.DEADLINE, ErrorCode.GONE).contains(refused.code()),
                    () -> "asked again, refused with " + refused);
            count(0, 0, 1, 0, 0, 0);
        }
    }

    private void check(Query query, Answer answer, Manifest manifest) {
        truth(manifest).check(query, answer, manifest);
        Violation.unless(
                answer.meta().partial() != Truth.holes(manifest).isEmpty(),
                () -> "partial is " + answer.meta().partial() + " at " + manifest);
    }

    /** What counts for a manifest is the definition that it was computed with. */
    private Truth truth(Manifest manifest) {
        return truths.get(manifest.definition());
    }

    private void count(int answers, int again, int gone, int late, int notExact, int noRollup) {
        report = report.plus(new Report(answers, again, gone, late, notExact, noRollup));
    }

    /** Reads how many records answers count, of each partition; within the deadline of queries. */
    void readLedger() {
        var began = clock.instant();
        Manifest manifest = manifests.read(SimulatedModel.NAME).orElseThrow();
        Map<List<Object>, Long> counts = ledger(manifest);
        if (clock.instant().isBefore(began.plus(History.DEADLINE))) {
            checkLedger(manifest, counts);
        }
    }

    private void checkLedger(Manifest manifest) {
        checkLedger(manifest, ledger(manifest));
    }

    private void checkLedger(Manifest manifest, Map<List<Object>, Long> counts) {
        truth(manifest)
                .ledger(manifest)
                .ifPresent(known -> Violation.unless(
                        counts.equals(known), () -> "ledger " + counts + ", true " + known + " at " + manifest));
    }

    private Map<List<Object>, Long> ledger(Manifest manifest) {
        Map<List<Object>, Long> counts = new HashMap<>();
        if (!manifest.generation().none()) {
            addLedger(manifest.generation().part(), Integer.MAX_VALUE, counts);
        }
        for (Part part : manifest.chain()) {
            if (part.kind() == Part.Kind.HOLE) {
                continue;
            }
            addLedger(part.id(), part.kind() == Part.Kind.LIVE ? part.batches() : Integer.MAX_VALUE, counts);
        }
        return counts;
    }

    private void addLedger(String part, int batches, Map<List<Object>, Long> counts) {
        View ledger = View.of(catalog.wanted().definition(), View.LEDGER);
        Aggregate<Object> count = RowCodec.at(ledger.aggregates(), 0);
        views.index(SimulatedModel.NAME, part).toCompletableFuture().join().stream()
                .filter(day -> day.view().equals(View.LEDGER))
                .flatMap(day -> views
                        .rows(SimulatedModel.NAME, day.source(), ledger, day.day(), Long.MIN_VALUE, Long.MAX_VALUE)
                        .toCompletableFuture()
                        .join()
                        .stream())
                .filter(row -> row.batch() <= batches)
                .forEach(row -> counts.merge(
                        List.of(RowCodec.decodeKey(ledger.dimensionTypes(), row.key())),
                        (Long) count.result(RowCodec.decodeStates(ledger.aggregates(), row.states())[0]),
                        Long::sum));
    }

    private QueryEngine engine(Watched watched) {
        Duration deadline = off.contains(Rule.DEADLINE) ? Duration.ofDays(1) : History.DEADLINE;
        return new QueryEngine(
                ManifestStore.readOnly(watched::read),
                views,
                off.contains(Rule.DEFINITION_OF_THE_MANIFEST)
                        ? new OneDefinition(catalog.wanted().definition())
                        : catalog,
                Manifest::lastArrival,
                QueryObserver.NONE,
                clock,
                new QueryEngine.Limits(
                        deadline, 1, History.GRACE.compareTo(deadline) > 0 ? History.GRACE : deadline.plusDays(1)));
    }

    /** Remembers the manifest that an answer was made from. */
    private final class Watched {
        private Optional<Manifest> first = Optional.empty();
        private Optional<Manifest> pretended = Optional.empty();

        Optional<Manifest> read(String name) {
            if (pretended.isPresent()) {
                return pretended;
            }
            boolean stale = off.contains(Rule.MANIFEST_OF_NOW) && remembered.isPresent() && random.nextInt(4) > 0;
            Optional<Manifest> manifest = stale ? remembered : manifests.read(name);
            remembered = manifest;
            first = first.or(() -> manifest);
            return off.contains(Rule.DAYS_STAY_OUT) ? manifest.map(Reader::showingAllDays) : manifest;
        }
    }

    private static Manifest showingAllDays(Manifest manifest) {
        Generation generation = manifest.generation();
        return new Manifest(
                manifest.model(),
                manifest.version(),
                manifest.definition(),
                new Generation(
                        generation.number(),
                        generation.part(),
                        generation.definition(),
                        generation.cut(),
                        generation.archiveVersion(),
                        generation.birth(),
                        generation.records(),
                        generation.lastArrival(),
                        generation.publishedAt(),
                        generation.holes(),
                        Optional.empty()),
                manifest.chain(),
                manifest.kept(),
                manifest.lastGeneration(),
                manifest.pins(),
                manifest.retired(),
                manifest.condemnedBefore(),
                manifest.candidate(),
                manifest.updatedAt());
    }

    /** The one that is wanted, whatever a manifest was computed with. */
    private record OneDefinition(Definition definition) implements Definitions {
        @Override
        public List<String> models() {
            return List.of(SimulatedModel.NAME);
        }

        @Override
        public Optional<Definition> current(String name) {
            return Optional.of(definition);
        }

        @Override
        public Optional<Definition> byHash(String name, String hash) {
            return Optional.of(definition);
        }
    }
}
