package io.bifocal.core.accuracy;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * How near to the truth one metric's numbers were that were not exact.
 *
 * @param numbers that were compared
 * @param right those that were the truth; doubles that differ by less than one part in 10^9 are the same
 * @param errorSum over the numbers, of each difference's share of the truth; 1 where one of both is 0 or absent
 * @param worst the largest of these shares
 * @param estimated numbers that came with bounds
 * @param inside those of which the truth was within them
 */
public record Accuracy(
        String metric, long numbers, long right, double errorSum, double worst, long estimated, long inside) {
    private static final BigDecimal SAME = new BigDecimal("1e-9");

    /** Of both together. */
    public Accuracy plus(Accuracy other) {
        return new Accuracy(
                metric,
                numbers + other.numbers,
                right + other.right,
                errorSum + other.errorSum,
                Math.max(worst, other.worst),
                estimated + other.estimated,
                inside + other.inside);
    }

    /** The mean of the differences' shares. */
    public double meanError() {
        return numbers == 0 ? 0 : errorSum / numbers;
    }

    /** Of one number; null stands for none. */
    static Accuracy of(SampledAnswer.Shown seen, BigDecimal truth) {
        double error = error(seen.value(), truth);
        boolean inside = seen.estimated()
                && truth != null
                && (seen.lower() == null || seen.lower().compareTo(truth) <= 0)
                && (seen.upper() == null || seen.upper().compareTo(truth) >= 0);
        return new Accuracy(
                seen.metric(), 1, error == 0 ? 1 : 0, error, error, seen.estimated() ? 1 : 0, inside ? 1 : 0);
    }

    /** Of a number that was not there. */
    static Accuracy missing(String metric) {
        return new Accuracy(metric, 1, 0, 1, 1, 0, 0);
    }

    private static double error(BigDecimal seen, BigDecimal truth) {
        if (truth == null || truth.signum() == 0) {
            return seen.signum() == 0 ? 0 : 1;
        }
        BigDecimal share = seen.subtract(truth).abs().divide(truth.abs(), MathContext.DECIMAL64);
        return share.compareTo(SAME) <= 0 ? 0 : share.doubleValue();
    }
}
