package io.bifocal.core.query;

/** Is told how long answers take. */
@FunctionalInterface
public interface QueryObserver {
    /** Tells nobody. */
    QueryObserver NONE = (model, rollup, phase, nanos) -> {};

    /** What an answer's time goes into. */
    enum Phase {
        /** Reading the manifest and the indexes, and choosing a rollup. */
        PLAN,
        /** Waiting for rows. */
        READ,
        /** Merging and finishing them. */
        MERGE
    }

    void took(String model, String rollup, Phase phase, long nanos);
}
