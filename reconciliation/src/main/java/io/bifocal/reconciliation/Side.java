package io.bifocal.reconciliation;

/** On which side of a comparison a view row stands. */
public enum Side {
    /** Served before, from the generation that was in force. */
    BASE,
    /** Served before, from the parts after it that are replaced. */
    LIVE,
    /** What is served from now on in the place of both. */
    AFTER,
    /**
     * What the archive says of the records that {@code BASE} and {@code LIVE} had counted and {@code AFTER} leaves out, because
     * another record is the same event. Live parts may have dropped some of them too.
     */
    DUPLICATES,
    /** What the archive says of records that answers had lacked, and said so. */
    FILLED
}
