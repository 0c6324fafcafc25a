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
     * What the archive says of the records that the live parts cover, each counted, duplicates too. Left out where records
     * have no identity: then it is the difference between {@code AFTER} and {@code BASE}.
     */
    ARRIVED
}
