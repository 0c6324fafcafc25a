package io.bifocal.core.aggregate;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * An integer that only grows by addition and never wraps: a long until that overflows, and what overflowed beside it. A
 * decimal is added as its unscaled value, so its point stands still.
 */
final class ExactTotal {
    /** Decimals of up to so many digits fit into a long without their point. */
    private static final int LONG_DIGITS = 18;

    private static final long SQUARABLE = 1L << 31;

    private long small;
    private BigInteger overflowed = BigInteger.ZERO;

    void add(long value) {
        long next = small + value;
        if (((small ^ next) & (value ^ next)) < 0) {
            overflowed = overflowed.add(BigInteger.valueOf(small));
            next = value;
        }
        small = next;
    }

    void add(BigInteger value) {
        if (value.bitLength() < Long.SIZE) {
            add(value.longValue());
        } else {
            overflowed = overflowed.add(value);
        }
    }

    void add(ExactTotal other) {
        add(other.small);
        if (other.overflowed.signum() != 0) {
            overflowed = overflowed.add(other.overflowed);
        }
    }

    /**
     * Adds a {@code Long}, or a {@code BigDecimal} as its unscaled value.
     *
     * @param scale of decimals; a value with more digits after its point is refused with an {@link ArithmeticException}
     */
    void addValue(Object value, int scale) {
        if (value instanceof Long number) {
            add(number);
        } else if (value instanceof BigDecimal decimal) {
            if (fitsLong(decimal, scale)) {
                add(unscaledLong(decimal));
            } else {
                add(decimal.setScale(scale).unscaledValue());
            }
        } else {
            throw new IllegalArgumentException("not an exact number: " + value);
        }
    }

    /** Adds the square of what {@link #addValue} would add. */
    void addSquare(Object value, int scale) {
        if (value instanceof BigDecimal decimal) {
            if (fitsLong(decimal, scale)) {
                addSquare(unscaledLong(decimal));
            } else {
                add(decimal.setScale(scale).unscaledValue().pow(2));
            }
        } else {
            addSquare((Long) value);
        }
    }

    private void addSquare(long value) {
        if (value > -SQUARABLE && value < SQUARABLE) {
            add(value * value);
        } else {
            add(BigInteger.valueOf(value).pow(2));
        }
    }

    private static boolean fitsLong(BigDecimal decimal, int scale) {
        return decimal.scale() == scale && decimal.precision() <= LONG_DIGITS;
    }

    /** Of a decimal of few digits; moves the point instead of asking for a BigInteger, which costs twice the allocation. */
    private static long unscaledLong(BigDecimal decimal) {
        return decimal.scaleByPowerOfTen(decimal.scale()).longValue();
    }

    BigInteger value() {
        BigInteger low = BigInteger.valueOf(small);
        return overflowed.signum() == 0 ? low : overflowed.add(low);
    }

    /** A {@code Long} where it fits, else a {@code BigInteger}. */
    Object number() {
        settle();
        return overflowed.signum() == 0 ? (Object) small : value();
    }

    /** Brings a sum that has come back into a long's range back into the long. */
    private void settle() {
        if (overflowed.signum() != 0) {
            BigInteger value = value();
            boolean fits = value.bitLength() < Long.SIZE;
            small = fits ? value.longValue() : 0;
            overflowed = fits ? BigInteger.ZERO : value;
        }
    }

    /** Equal totals have equal bytes. */
    void encode(StateWriter out) {
        settle();
        if (overflowed.signum() == 0) {
            out.writeByte(0).writeLong(small);
        } else {
            out.writeByte(1).writeBytes(overflowed.toByteArray());
        }
    }

    static ExactTotal decode(StateReader in) {
        ExactTotal total = new ExactTotal();
        if (in.readByte() == 0) {
            total.small = in.readLong();
        } else {
            total.overflowed = new BigInteger(in.readBytes());
        }
        return total;
    }
}
