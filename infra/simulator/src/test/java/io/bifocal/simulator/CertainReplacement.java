package io.bifocal.simulator;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.util.Map;
import java.util.UUID;

/**
 * What {@code VersionedTexts} of metrics-cassandra does: replaces a version of a row by the next one, and is certain whether it did (rule 4). A request that times out may have taken
 * effect, or may do so yet. So whoever sent it reads the row as it has settled: the stamp at {@link #slot} says whether the next
 * version is its own. While the row still has the old version, it sends the same stamp again: at most one of the requests can
 * succeed.
 */
final class CertainReplacement {
    private static final int STAMPS = 64;

    private CertainReplacement() {}

    /** A row in a store whose compare-and-set on its version is linearizable. */
    interface Row {
        /**
         * Asks the store to replace version {@code current} by {@code next}, and to note the stamp at its slot.
         *
         * @return whether it is known to have done so; false where the answer was no, and where there was none
         * @throws io.bifocal.core.error.BifocalException where there is no use in asking again
         */
        boolean propose(long current, long next, UUID stamp);

        /** The row as of a moment after the call, with everything settled that was under way. */
        Settled settled();
    }

    /**
     * A row as it stands.
     *
     * @param version 0 where there is none
     * @param stamps of its latest versions, by slot
     */
    record Settled(long version, Map<Integer, UUID> stamps) {}

    /** Where the stamp of a version is kept. */
    static int slot(long version) {
        return (int) (version % STAMPS);
    }

    /**
     * Replaces one version by the next.
     *
     * @param stamp new, whoever else asks
     * @return whether it did; certain either way
     * @throws io.bifocal.core.error.BifocalException {@code UNAVAILABLE} where that cannot be found out
     */
    static boolean replace(Row row, long current, long next, UUID stamp) {
        while (!row.propose(current, next, stamp)) {
            Settled settled = row.settled();
            if (settled.version() != current) {
                return isOf(stamp, next, settled);
            }
        }
        return true;
    }

    private static boolean isOf(UUID stamp, long next, Settled settled) {
        if (settled.version() < next) {
            return false;
        }
        if (settled.version() - next >= STAMPS) {
            throw Errors.of(
                    ErrorCode.UNAVAILABLE,
                    "A row went from version " + next + " to " + settled.version()
                            + " before it could be asked whose version " + next + " was.",
                    "Try again: what is in force by now says what is to be done.");
        }
        return stamp.equals(settled.stamps().get(slot(next)));
    }
}
