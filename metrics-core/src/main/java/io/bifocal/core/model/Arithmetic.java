package io.bifocal.core.model;

import io.bifocal.core.model.ValueType.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/**
 * Arithmetic of ratio and derived metrics, over Long, BigInteger, BigDecimal and Double. Whole numbers and decimals are
 * exact and never wrap: a whole result is a Long where it fits and a BigInteger where it does not. With a double operand,
 * and of every division, the result is a double. Null operands, division by zero and results that are not finite give null.
 */
public final class Arithmetic {
    private static final int MAX_PRECISION = 38;
    private static final int LONG_DIGITS = 19;

    private Arithmetic() {}

    /** The operations, as expressions write them. */
    public enum Operator {
        ADD('+'),
        SUBTRACT('-'),
        MULTIPLY('*'),
        DIVIDE('/');

        private final char symbol;

        Operator(char symbol) {
            this.symbol = symbol;
        }

        public char symbol() {
            return symbol;
        }
    }

    /** A ratio: a double, or null where the denominator is zero or either is null. */
    public static Double divide(Object numerator, Object denominator) {
        return (Double) apply(Operator.DIVIDE, numerator, denominator);
    }

    /**
     * The result of an operation.
     *
     * @throws IllegalArgumentException if an operand is not a number
     */
    public static Object apply(Operator operator, Object left, Object right) {
        if (left == null || right == null) {
            return null;
        }
        if (isDouble(left) || isDouble(right)) {
            return inexact(operator, number(left).doubleValue(), number(right).doubleValue());
        }
        if (operator == Operator.DIVIDE) {
            return quotient(decimal(left), decimal(right));
        }
        if (left instanceof BigDecimal || right instanceof BigDecimal) {
            return exact(operator, decimal(left), decimal(right));
        }
        return whole(operator, integer(left), integer(right));
    }

    /** The operand with the other sign. */
    public static Object negate(Object operand) {
        if (operand == null) {
            return null;
        }
        if (isDouble(operand)) {
            return -number(operand).doubleValue();
        }
        return operand instanceof BigDecimal decimal
                ? decimal.negate()
                : fitted(integer(operand).negate());
    }

    /**
     * The type of a result. A decimal's precision is capped at 38 digits though its values are not.
     *
     * @throws IllegalArgumentException if an operand is not of a numeric type
     */
    public static ValueType type(Operator operator, ValueType left, ValueType right) {
        requireNumeric(left);
        requireNumeric(right);
        if (operator == Operator.DIVIDE || left.kind() == Kind.DOUBLE || right.kind() == Kind.DOUBLE) {
            return ValueType.DOUBLE;
        }
        if (left.kind() == Kind.LONG && right.kind() == Kind.LONG) {
            return ValueType.LONG;
        }
        if (operator == Operator.MULTIPLY) {
            return capped(digits(left) + digits(right), left.scale() + right.scale());
        }
        int scale = Math.max(left.scale(), right.scale());
        int whole = Math.max(digits(left) - left.scale(), digits(right) - right.scale());
        return capped(whole + 1 + scale, scale);
    }

    static ValueType requireNumeric(ValueType type) {
        if (!type.numeric()) {
            throw new IllegalArgumentException("arithmetic needs numbers, not a " + type);
        }
        return type;
    }

    private static ValueType capped(int precision, int scale) {
        return ValueType.decimal(Math.min(MAX_PRECISION, precision), Math.min(MAX_PRECISION, scale));
    }

    private static int digits(ValueType type) {
        return type.kind() == Kind.LONG ? LONG_DIGITS : type.precision();
    }

    private static Double inexact(Operator operator, double left, double right) {
        double result =
                switch (operator) {
                    case ADD -> left + right;
                    case SUBTRACT -> left - right;
                    case MULTIPLY -> left * right;
                    case DIVIDE -> left / right;
                };
        return Double.isFinite(result) ? Double.valueOf(result) : null;
    }

    private static Double quotient(BigDecimal left, BigDecimal right) {
        if (right.signum() == 0) {
            return null;
        }
        double result = left.divide(right, MathContext.DECIMAL128).doubleValue();
        return Double.isFinite(result) ? Double.valueOf(result) : null;
    }

    private static BigDecimal exact(Operator operator, BigDecimal left, BigDecimal right) {
        return switch (operator) {
            case ADD -> left.add(right);
            case SUBTRACT -> left.subtract(right);
            default -> left.multiply(right);
        };
    }

    private static Number whole(Operator operator, BigInteger left, BigInteger right) {
        return fitted(
                switch (operator) {
                    case ADD -> left.add(right);
                    case SUBTRACT -> left.subtract(right);
                    default -> left.multiply(right);
                });
    }

    private static Number fitted(BigInteger value) {
        if (value.bitLength() < Long.SIZE) {
            return value.longValue();
        }
        return value;
    }

    private static boolean isDouble(Object operand) {
        return operand instanceof Double || operand instanceof Float;
    }

    private static Number number(Object operand) {
        if (operand instanceof Number number) {
            return number;
        }
        throw new IllegalArgumentException(
                "arithmetic needs numbers, not a " + operand.getClass().getSimpleName());
    }

    private static BigInteger integer(Object operand) {
        return operand instanceof BigInteger integer
                ? integer
                : BigInteger.valueOf(number(operand).longValue());
    }

    private static BigDecimal decimal(Object operand) {
        return operand instanceof BigDecimal decimal ? decimal : new BigDecimal(integer(operand));
    }
}
