package io.bifocal.serving.operation;

import io.bifocal.core.reconciliation.Drift;
import io.bifocal.core.reconciliation.Reconciliation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a model's publications brought to light, added up as they come, so that none is read twice. */
final class ReconciliationTally {
    /** A night's publication is still told of in the morning. */
    private static final Duration RECENT = Duration.ofHours(24);

    private final Deque<Seen> recent = new ArrayDeque<>();
    private String last = "";
    private boolean watching;
    private long unexplained;
    private long uncompared;
    private Map<String, Double> drift = Map.of();

    private record Seen(Instant at, long unexplained, long uncompared) {}

    /** The last one that was added; before all others where there is none. */
    String last() {
        return last;
    }

    /**
     * Adds those that came after the {@link #last}.
     *
     * @param news the latest first
     */
    void add(List<Reconciliation> news, Instant now) {
        for (int i = news.size() - 1; i >= 0; i--) {
            Reconciliation each = news.get(i);
            long faults = each.fault().isPresent() ? 1 : 0;
            unexplained += each.unexplained();
            uncompared += faults;
            // One that a job died over is told by the next job, perhaps a day late, and is news nevertheless.
            recent.add(new Seen(watching ? now : each.at(), each.unexplained(), faults));
            if (each.fault().isEmpty()) {
                drift = since(drift, worst(each.drift()));
            }
            last = each.id();
        }
        watching = true;
        recent.removeIf(seen -> seen.at().plus(RECENT).isBefore(now));
    }

    long unexplained() {
        return unexplained;
    }

    long uncompared() {
        return uncompared;
    }

    /** Of the last 24 hours. */
    long recentlyUnexplained() {
        return recent.stream().mapToLong(Seen::unexplained).sum();
    }

    /** Of the last 24 hours. */
    long recentlyUncompared() {
        return recent.stream().mapToLong(Seen::uncompared).sum();
    }

    /**
     * How far live views were off at the last comparison, by metric: in the rollup where that was most. Where the archive says
     * nothing, all that they said was wrong: 1.
     */
    Map<String, Double> drift() {
        return drift;
    }

    /** A metric of which there was nothing to compare this time is not off any more. */
    private static Map<String, Double> since(Map<String, Double> before, Map<String, Double> now) {
        Map<String, Double> all = new HashMap<>(now);
        before.keySet().forEach(metric -> all.putIfAbsent(metric, 0.0));
        return Map.copyOf(all);
    }

    private static Map<String, Double> worst(List<Drift> drift) {
        Map<String, Double> worst = new HashMap<>();
        drift.forEach(each -> worst.merge(each.metric(), off(each), Math::max));
        return worst;
    }

    /** Sums of very large numbers have no ratio either. */
    private static double off(Drift drift) {
        double relative = drift.relative().orElse(1);
        return Double.isFinite(relative) ? relative : 1;
    }
}
