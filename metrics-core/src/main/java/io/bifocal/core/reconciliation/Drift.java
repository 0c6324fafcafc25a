package io.bifocal.core.reconciliation;

import java.util.OptionalDouble;

/**
 * How far what was served differed from the archive, for one metric of one rollup, over the cells (a bucket and its
 * dimensions) that live views had a share in.
 *
 * @param cells that were compared
 * @param missing cells that the archive has and answers had not
 * @param extra cells that answers had and the archive has not
 * @param different cells of which nothing explains that they differ
 * @param estimated cells that differ as estimates do
 * @param duplicated cells that counted events more than once
 * @param absolute the sum of all differences, each without its sign
 * @param magnitude the sum of what the archive says, each without its sign
 * @param smapeSum over the cells: 2|served - archived| / (|served| + |archived|)
 */
public record Drift(
        String rollup,
        String metric,
        long cells,
        long missing,
        long extra,
        long different,
        long estimated,
        long duplicated,
        double absolute,
        double magnitude,
        double smapeSum) {

    public static Drift none(String rollup, String metric) {
        return new Drift(rollup, metric, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** Of both together. */
    public Drift plus(Drift other) {
        return new Drift(
                rollup,
                metric,
                cells + other.cells,
                missing + other.missing,
                extra + other.extra,
                different + other.different,
                estimated + other.estimated,
                duplicated + other.duplicated,
                absolute + other.absolute,
                magnitude + other.magnitude,
                smapeSum + other.smapeSum);
    }

    /** The differences' share of what the archive says; 0 where nothing differs, empty where it says nothing. */
    public OptionalDouble relative() {
        if (absolute == 0) {
            return OptionalDouble.of(0);
        }
        return magnitude == 0 ? OptionalDouble.empty() : OptionalDouble.of(absolute / magnitude);
    }

    /** The symmetric mean absolute percentage error: 0 to 2. */
    public double smape() {
        return cells == 0 ? 0 : smapeSum / cells;
    }
}
