package io.bifocal.reconciliation;

import java.math.BigDecimal;
import java.math.BigInteger;

/** Finished values as numbers. */
final class Numbers {
    /** Two ways of adding the same doubles differ by less, as a share of the number or, near zero, at all. */
    private static final double ROUNDING = 1e-9;

    private Numbers() {}

    /** Whether arithmetic can be done with it; nothing counts as zero. */
    static boolean isNumber(Object value) {
        return value == null
                || value instanceof Long
                || value instanceof BigInteger
                || value instanceof BigDecimal
                || (value instanceof Double number && Double.isFinite(number));
    }

    /** Exactly what the value's shortest text says. */
    static BigDecimal exact(Object value) {
        return value == null ? BigDecimal.ZERO : new BigDecimal(value.toString());
    }

    static double size(Object value) {
        return isNumber(value) ? Math.abs(exact(value).doubleValue()) : 0;
    }

    /** Whether users would call both the same: doubles may differ in their last digits. */
    static boolean same(Object left, Object right) {
        if (left == null || right == null) {
            return left == right;
        }
        if (left instanceof Double one && right instanceof Double other) {
            return one.equals(other)
                    || Math.abs(one - other) <= ROUNDING * Math.max(1, Math.max(Math.abs(one), Math.abs(other)));
        }
        if (!isNumber(left) || !isNumber(right)) {
            return left.equals(right);
        }
        return exact(left).compareTo(exact(right)) == 0;
    }

    /** The same, where a cell that is not there and a number of nothing are alike. */
    static boolean bothNothing(Object left, Object right) {
        return isNumber(left)
                && isNumber(right)
                && exact(left).signum() == 0
                && exact(right).signum() == 0;
    }
}
