package io.bifocal.core.query;

import io.bifocal.core.aggregate.Aggregate.Bounds;
import io.bifocal.core.model.Arithmetic.Operator;
import io.bifocal.core.model.DerivedExpression;
import io.bifocal.core.model.ValueType;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Where a number lies that was computed from estimates; infinite where that cannot be said. */
record Interval(double low, double high) {
    private static final Interval ANYWHERE = new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    /** What expressions mean when their inputs are intervals. */
    static final DerivedExpression.Operations<Interval> OPERATIONS = new DerivedExpression.Operations<>() {
        @Override
        public Interval constant(Number value) {
            return of(value, value);
        }

        @Override
        public Interval negate(Interval operand) {
            return new Interval(-operand.high, -operand.low);
        }

        @Override
        public Interval apply(Operator operator, Interval left, Interval right) {
            return switch (operator) {
                case ADD -> outward(left.low + right.low, left.high + right.high);
                case SUBTRACT -> outward(left.low - right.high, left.high - right.low);
                case MULTIPLY -> left.times(right);
                case DIVIDE -> left.over(right);
            };
        }
    };

    static Interval of(Object low, Object high) {
        return outward(((Number) low).doubleValue(), ((Number) high).doubleValue());
    }

    Interval over(Interval divisor) {
        if (divisor.low <= 0 && divisor.high >= 0) {
            return ANYWHERE;
        }
        return spanning(low / divisor.low, low / divisor.high, high / divisor.low, high / divisor.high);
    }

    /** As bounds of a type; null where there is none. */
    Bounds bounds(ValueType type) {
        return new Bounds(bound(low, type, RoundingMode.FLOOR), bound(high, type, RoundingMode.CEILING));
    }

    private Interval times(Interval factor) {
        return spanning(low * factor.low, low * factor.high, high * factor.low, high * factor.high);
    }

    private static Interval spanning(double a, double b, double c, double d) {
        return outward(Math.min(Math.min(a, b), Math.min(c, d)), Math.max(Math.max(a, b), Math.max(c, d)));
    }

    /** Takes in what rounding may have lost. */
    private static Interval outward(double low, double high) {
        return Double.isNaN(low) || Double.isNaN(high) ? ANYWHERE : new Interval(down(low), up(high));
    }

    private static double down(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1L << 52 ? number : Math.nextDown(number);
    }

    private static double up(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1L << 52 ? number : Math.nextUp(number);
    }

    private static Object bound(double value, ValueType type, RoundingMode outward) {
        if (Double.isInfinite(value)) {
            return null;
        }
        return switch (type.kind()) {
            case LONG -> new BigDecimal(value).setScale(0, outward).toBigInteger();
            case DECIMAL -> new BigDecimal(value).setScale(type.scale(), outward);
            default -> value;
        };
    }
}
