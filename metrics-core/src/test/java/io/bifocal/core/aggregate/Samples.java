package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Random;

/** Random values of a type: mostly ordinary ones that repeat, now and then the extremes. */
public final class Samples {
    private static final int RARELY = 20;

    private Samples() {}

    public static Object value(ValueType type, Random random) {
        boolean extreme = random.nextInt(RARELY) == 0;
        return switch (type.kind()) {
            case STRING -> extreme ? "" : "käse-" + random.nextInt(2_000);
            case LONG -> extreme ? random.nextLong() : (long) random.nextInt(2_000) - 1_000;
            case DOUBLE -> extreme ? -0.0 : random.nextGaussian() * 1_000;
            case DECIMAL -> decimal(type, random, extreme);
            case BOOLEAN -> random.nextBoolean();
            case TIMESTAMP -> Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000) * 1_000L);
        };
    }

    private static BigDecimal decimal(ValueType type, Random random, boolean extreme) {
        if (!extreme) {
            return BigDecimal.valueOf(random.nextInt(20_000) - 10_000, type.scale());
        }
        BigInteger limit = BigInteger.TEN.pow(type.precision());
        BigInteger unscaled = new BigInteger(limit.bitLength(), random).mod(limit);
        return new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), type.scale());
    }
}
