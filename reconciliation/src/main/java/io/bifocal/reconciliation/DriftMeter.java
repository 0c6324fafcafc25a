package io.bifocal.reconciliation;

import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Drift;

/** Adds up how far one metric of one rollup was off. */
final class DriftMeter {
    static final String MISSING = "missing";
    static final String EXTRA = "extra";
    static final String DIFFERENT = "different";
    static final String ESTIMATED = "estimated";
    static final String DUPLICATED = "duplicated";
    /** It differs by what was asked for: an erasure, a release from quarantine. */
    static final String INTENDED = "intended";

    private Drift drift;

    DriftMeter(String rollup, String metric) {
        this.drift = Drift.none(rollup, metric);
    }

    /**
     * Adds a cell and says how it differs; empty where it does not.
     *
     * @param move null where the number stayed the same
     * @param value that is right
     */
    String add(Move move, Object value) {
        String kind = move == null ? "" : kind(move);
        double absolute = 0;
        double smape = 0;
        if (move != null && !kind.equals(INTENDED) && Numbers.isNumber(move.before()) && Numbers.isNumber(value)) {
            absolute = Numbers.exact(value)
                    .subtract(Numbers.exact(move.before()))
                    .abs()
                    .doubleValue();
            double both = Numbers.size(move.before()) + Numbers.size(value);
            smape = both == 0 ? 0 : 2 * absolute / both;
        }
        drift = drift.plus(new Drift(
                drift.rollup(),
                drift.metric(),
                1,
                one(kind, MISSING),
                one(kind, EXTRA),
                one(kind, DIFFERENT),
                one(kind, ESTIMATED),
                one(kind, DUPLICATED),
                absolute,
                Numbers.size(value),
                smape));
        return kind;
    }

    Drift drift() {
        return drift;
    }

    private static String kind(Move move) {
        if (move.hasCause(Cause.UNEXPLAINED)) {
            return move.before() == null ? MISSING : move.after() == null ? EXTRA : DIFFERENT;
        }
        if (move.hasCause(Cause.ESTIMATE_REPLACED)) {
            return ESTIMATED;
        }
        return move.hasCause(Cause.DUPLICATES_REMOVED) ? DUPLICATED : INTENDED;
    }

    private static long one(String kind, String each) {
        return kind.equals(each) ? 1 : 0;
    }
}
