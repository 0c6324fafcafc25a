package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;

/**
 * Puts values of a type into the order of longs, so that one sketch of longs ranks all of them. Exact, except for decimals
 * whose unscaled value has more than 61 bits: of those 54 leading bits are kept.
 */
final class RankOrder {
    private static final int EXACT_BITS = 61;
    private static final int MANTISSA_BITS = 53;
    private static final long LARGE = 1L << EXACT_BITS;

    private final ValueType type;

    RankOrder(ValueType type) {
        this.type = type;
    }

    long rank(Object value) {
        return switch (type.kind()) {
            case LONG -> (Long) value;
            case DOUBLE -> ofDouble((Double) value);
            case DECIMAL ->
                ofInteger(((BigDecimal) value).setScale(type.scale()).unscaledValue());
            case TIMESTAMP -> ValueCodec.micros((Instant) value);
            default -> throw new IllegalArgumentException("no ranks of " + type);
        };
    }

    Object value(long rank) {
        return switch (type.kind()) {
            case LONG -> rank;
            case DOUBLE -> toDouble(rank);
            case DECIMAL -> new BigDecimal(toInteger(rank), type.scale());
            case TIMESTAMP -> ValueCodec.instant(rank);
            default -> throw new IllegalArgumentException("no ranks of " + type);
        };
    }

    /** The bits of negative doubles run backwards; -0.0 is 0.0. */
    private static long ofDouble(double value) {
        long bits = Double.doubleToLongBits(value + 0.0);
        return bits ^ ((bits >> 63) & Long.MAX_VALUE);
    }

    private static double toDouble(long rank) {
        return Double.longBitsToDouble(rank ^ ((rank >> 63) & Long.MAX_VALUE));
    }

    private static long ofInteger(BigInteger value) {
        BigInteger magnitude = value.abs();
        int bits = magnitude.bitLength();
        if (bits <= EXACT_BITS) {
            return value.longValue();
        }
        long mantissa = magnitude.shiftRight(bits - 1 - MANTISSA_BITS).longValue() & ((1L << MANTISSA_BITS) - 1);
        long rank = LARGE + ((long) (bits - EXACT_BITS - 1) << MANTISSA_BITS) + mantissa;
        return value.signum() < 0 ? -rank : rank;
    }

    private static BigInteger toInteger(long rank) {
        long magnitude = Math.abs(rank);
        if (magnitude < LARGE) {
            return BigInteger.valueOf(rank);
        }
        long rest = magnitude - LARGE;
        int bits = EXACT_BITS + 1 + (int) (rest >>> MANTISSA_BITS);
        long mantissa = (rest & ((1L << MANTISSA_BITS) - 1)) | (1L << MANTISSA_BITS);
        BigInteger value = BigInteger.valueOf(mantissa).shiftLeft(bits - 1 - MANTISSA_BITS);
        return rank < 0 ? value.negate() : value;
    }
}
