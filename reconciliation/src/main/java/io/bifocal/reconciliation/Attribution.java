package io.bifocal.reconciliation;

import io.bifocal.core.aggregate.Aggregate.Bounds;
import io.bifocal.core.model.Aggregation;
import io.bifocal.core.model.ChangeWork;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.query.MetricFinisher;
import io.bifocal.core.query.MetricFinisher.Finished;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Restatement.Contribution;
import io.bifocal.core.view.View;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Says of one rollup's cells which numbers moved, and why: docs/RECONCILIATION.md. What was served is led to what is served
 * now in steps, one for each cause, so the deltas of a number's causes add up to its change, whatever the metric computes.
 */
public final class Attribution {
    /** A sketch's bounds hold almost always; twice as far away is no chance any more. */
    private static final BigDecimal TOLERATED_BOUNDS = BigDecimal.valueOf(2);

    /** What no duplicate makes smaller: it lies between that of each event once and that of all duplicates too. */
    private static final Set<String> COUNTS = Set.of(Aggregation.COUNT.text(), Aggregation.COUNT_DISTINCT.text());

    private static final Set<String> COUNTED_BY_SKETCH =
            Set.of(Aggregation.COUNT_DISTINCT.text(), Aggregation.APPROX_COUNT_DISTINCT.text());

    private static final Outcome NOTHING = new Outcome(List.of(), List.of(), Map.of());

    private final Occasion occasion;
    /** Kept: whether two definitions are equal takes longer to find out than what becomes of a cell. */
    private final boolean redefined;

    private final List<Metric> metrics;
    /** Those whose numbers mean what they meant: no other definition moves them. */
    private final Set<String> unchanged;

    private final Lens before;
    private final Lens after;

    /**
     * What was published.
     *
     * @param before the definition of what was served
     * @param after the definition of what is served now
     * @param rest the cause of what nothing found in a cell explains: what the publication was made for, or {@link
     *     Cause#UNEXPLAINED}
     * @param exactSince when the generation before was published; the epoch where there was none, and where no exact numbers
     *     are published
     */
    public record Occasion(Definition before, Definition after, Cause rest, Instant exactSince) {
        boolean redefined() {
            return !before.equals(after);
        }
    }

    private record Lens(View view, MetricFinisher finisher, int count) {
        static Lens of(Definition definition, String rollup, List<String> names) {
            View view = View.of(definition, rollup);
            return new Lens(view, new MetricFinisher(definition, view, names), names.size());
        }

        Values finish(Object[] states) {
            return states == null ? Values.none(count) : new Values(true, finisher.finish(states, Map.of()));
        }
    }

    private record Values(boolean present, Finished finished) {
        static Values none(int count) {
            return new Values(
                    false, new Finished(new ArrayList<>(java.util.Collections.nCopies(count, null)), Map.of()));
        }

        Object of(int metric) {
            return finished.values().get(metric);
        }
    }

    /** @param rollup that both definitions have, with equal keys and buckets: {@link #comparable} */
    public Attribution(Occasion occasion, String rollup) {
        this.occasion = occasion;
        this.redefined = occasion.redefined();
        this.metrics = occasion.after().model().metrics().stream()
                .filter(metric -> ofOneCell(occasion.before(), metric.name()))
                .filter(metric -> ofOneCell(occasion.after(), metric.name()))
                .toList();
        List<String> names = metrics.stream().map(Metric::name).toList();
        this.unchanged =
                redefined ? ChangeWork.unchanged(occasion.before(), occasion.after(), rollup) : Set.copyOf(names);
        this.before = Lens.of(occasion.before(), rollup, names);
        this.after = Lens.of(occasion.after(), rollup, names);
    }

    /** Cumulative metrics move with the cells that they go over, and are not told of twice. */
    private static boolean ofOneCell(Definition definition, String metric) {
        return definition.model().metric(metric).isPresent() && !MetricFinisher.spansRows(definition, metric);
    }

    /** Names of the rollups whose cells mean the same under both definitions. */
    public static List<String> comparable(Definition before, Definition after) {
        Map<String, View> earlier = View.of(before).stream().collect(Collectors.toMap(View::name, view -> view));
        return View.rollups(after).stream()
                .filter(view -> earlier.containsKey(view.name())
                        && earlier.get(view.name()).grid().equals(view.grid())
                        && earlier.get(view.name()).dimensions().equals(view.dimensions())
                        && earlier.get(view.name()).dimensionTypes().equals(view.dimensionTypes()))
                .map(View::name)
                .toList();
    }

    /**
     * What became of a cell.
     *
     * @param served moves from what was served the moment before
     * @param exact moves of numbers that had been exact, and that events which came late have changed since
     * @param values what is served now, by metric
     */
    public record Outcome(List<Move> served, List<Move> exact, Map<String, Object> values) {}

    public Outcome of(Cell cell) {
        if (!redefined && cell.unchanged()) {
            return NOTHING;
        }
        Optional<Values> exact =
                wasFinal(cell) ? Optional.of(before.finish(cell.merged(before.view(), Side.BASE))) : Optional.empty();
        Values served = before.finish(cell.merged(before.view(), Side.BASE, Side.LIVE));
        Values now = after.finish(cell.merged(after.view(), Side.AFTER));
        Optional<Values> each = cell.has(Side.DUPLICATES)
                ? Optional.of(after.finish(cell.merged(after.view(), Side.AFTER, Side.DUPLICATES)))
                : Optional.empty();
        Cause rest = rest(cell);
        List<Move> moves = new ArrayList<>();
        List<Move> late = new ArrayList<>();
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < metrics.size(); i++) {
            Object value = now.of(i);
            values.put(metrics.get(i).name(), value);
            Values reached = now;
            if (moved(served, now, i)) {
                List<Contribution> causes = causes(i, served, each, now, rest);
                moves.add(new Move(metrics.get(i).name(), served.of(i), value, causes));
                if (rest != Cause.UNEXPLAINED && causes.stream().anyMatch(cause -> cause.cause() == rest)) {
                    // From there on it is what the publication was made for that moves the number.
                    reached = served;
                }
            }
            if (exact.isPresent() && moved(exact.get(), reached, i)) {
                Object was = exact.get().of(i);
                Object is = reached.of(i);
                late.add(new Move(metrics.get(i).name(), was, is, one(Cause.LATE_EVENTS, was, is)));
            }
        }
        return new Outcome(moves, late, values);
    }

    /** The cause of what neither duplicates nor estimates explain. */
    private Cause rest(Cell cell) {
        return occasion.rest() == Cause.UNEXPLAINED && cell.has(Side.FILLED) ? Cause.LATE_EVENTS : occasion.rest();
    }

    /** Whether answers called the cell exact when its bucket was over, and events have come for it since. */
    private boolean wasFinal(Cell cell) {
        return rest(cell) != Cause.LATE_EVENTS
                && cell.has(Side.BASE)
                && cell.has(Side.LIVE)
                && after.view().grid().next(cell.bucket())
                        <= occasion.exactSince().getEpochSecond();
    }

    private static boolean moved(Values from, Values to, int metric) {
        Object left = from.of(metric);
        Object right = to.of(metric);
        boolean nothing = from.present() != to.present() && Numbers.bothNothing(left, right);
        return !nothing && !Numbers.same(left, right);
    }

    /**
     * Why a number moved.
     *
     * @param each what is right, with all duplicates counted; empty where there are none
     * @param rest see {@link #rest}
     */
    private List<Contribution> causes(int metric, Values served, Optional<Values> each, Values now, Cause rest) {
        Object from = served.of(metric);
        Object to = now.of(metric);
        if (!unchanged.contains(metrics.get(metric).name())) {
            return one(rest, from, to);
        }
        Values all = each.orElse(now);
        Bounds bounds = served.finished().estimates().get(metrics.get(metric).name());
        if (bounds != null && all.present()) {
            return estimated(metric, from, all.of(metric), to, bounds, rest);
        }
        if (each.isEmpty()) {
            return one(rest, from, to);
        }
        return isAny(metric, COUNTS)
                ? counted(from, all.of(metric), to, rest)
                : one(Cause.DUPLICATES_REMOVED, from, to);
    }

    /** An estimate is led to the exact number with every duplicate counted, and that to the number without. */
    private List<Contribution> estimated(int metric, Object from, Object each, Object to, Bounds bounds, Cause rest) {
        if (!Numbers.isNumber(from) || !Numbers.isNumber(each) || !Numbers.isNumber(to)) {
            return one(Cause.ESTIMATE_REPLACED, from, to);
        }
        BigDecimal estimate = Numbers.exact(from);
        BigDecimal truth = Numbers.exact(each);
        BigDecimal reached = isAny(metric, COUNTED_BY_SKETCH) ? within(truth, estimate, bounds) : truth;
        return sum(
                new Contribution(Cause.ESTIMATE_REPLACED, reached.subtract(estimate)),
                new Contribution(rest, truth.subtract(reached)),
                new Contribution(Cause.DUPLICATES_REMOVED, Numbers.exact(to).subtract(truth)));
    }

    /** The truth, or where that is further away than a sketch can be wrong, the furthest that it can. */
    private static BigDecimal within(BigDecimal truth, BigDecimal estimate, Bounds bounds) {
        BigDecimal low = bounds.low() == null
                ? truth
                : estimate.subtract(TOLERATED_BOUNDS.multiply(estimate.subtract(Numbers.exact(bounds.low()))));
        BigDecimal high = bounds.high() == null
                ? truth
                : estimate.add(
                        TOLERATED_BOUNDS.multiply(Numbers.exact(bounds.high()).subtract(estimate)));
        return truth.max(low).min(high);
    }

    /** A count lies between that of all events and that of each once; what lies beyond is not the duplicates'. */
    private static List<Contribution> counted(Object from, Object each, Object to, Cause rest) {
        BigDecimal start = Numbers.exact(from);
        BigDecimal most = Numbers.exact(each).max(Numbers.exact(to));
        BigDecimal least = Numbers.exact(each).min(Numbers.exact(to));
        BigDecimal possible = start.min(most).max(least);
        return sum(
                new Contribution(rest, possible.subtract(start)),
                new Contribution(Cause.DUPLICATES_REMOVED, Numbers.exact(to).subtract(possible)));
    }

    private boolean isAny(int metric, Set<String> aggregations) {
        return metrics.get(metric) instanceof SimpleMetric simple && aggregations.contains(simple.aggregation());
    }

    private static List<Contribution> one(Cause cause, Object from, Object to) {
        boolean numbers = Numbers.isNumber(from) && Numbers.isNumber(to);
        return List.of(new Contribution(cause, numbers ? Numbers.exact(to).subtract(Numbers.exact(from)) : null));
    }

    private static List<Contribution> sum(Contribution... parts) {
        return List.of(parts).stream()
                .filter(part -> part.delta().signum() != 0)
                .toList();
    }
}
