package io.bifocal.core.aggregate;

import java.lang.reflect.Field;
import java.util.Random;
import org.apache.datasketches.kll.KllSketch;

/**
 * The coin that KLL sketches toss when they halve. The library has one for the whole process, so what a merge gives would
 * depend on what else was merged before; an answer that is asked for again must be the same. Here each merge begins with a coin
 * of its own, and merges follow one another.
 */
final class KllCoin {
    /** DANGER: a private matter of DataSketches 6.2. Its absence stops the process at the first merge, not in silence. */
    private static final Random SHARED = shared();

    private KllCoin() {}

    /**
     * Runs a merge.
     *
     * @param seed the same for the same merge, and different for others
     */
    static void toss(long seed, Runnable merge) {
        synchronized (SHARED) {
            SHARED.setSeed(scrambled(seed));
            merge.run();
        }
    }

    /** SplitMix64's finaliser: the first coins of neighbouring seeds would fall alike. */
    private static long scrambled(long seed) {
        long mixed = (seed ^ (seed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    private static Random shared() {
        try {
            Field field = KllSketch.class.getDeclaredField("random");
            field.setAccessible(true);
            return (Random) field.get(null);
        } catch (ReflectiveOperationException changed) {
            throw new ExceptionInInitializerError(changed);
        }
    }
}
