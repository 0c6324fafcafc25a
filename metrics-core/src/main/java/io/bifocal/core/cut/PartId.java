package io.bifocal.core.cut;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * Ids of parts: {@code live-42-9f86d081884c7d65} is a live part whose id was made when the manifest was at version 42. The
 * random end makes every id new, whoever makes one at the same moment.
 */
public final class PartId {
    static final SecureRandom RANDOM = new SecureRandom();
    private static final int RANDOM_BYTES = 8;

    private PartId() {}

    /**
     * A new id.
     *
     * @param prefix for people: live, fold, batch
     * @param birth version of the manifest as it was read just before
     */
    public static String next(String prefix, long birth) {
        return next(prefix, birth, RANDOM);
    }

    /** The same, from a source of randomness that must not repeat itself. */
    static String next(String prefix, long birth, RandomGenerator random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return prefix + "-" + birth + "-" + HexFormat.of().formatHex(bytes);
    }

    /** The manifest version at which an id was made. */
    public static long birth(String id) {
        String[] fields = id.split("-", -1);
        if (fields.length != 3) {
            throw new IllegalArgumentException("not a part id: " + id);
        }
        return Long.parseLong(fields[1]);
    }
}
