package io.bifocal.core.query;

import io.bifocal.core.cut.Manifest;

/** Is told of answers. */
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

    /** How long a phase of one took. */
    void took(String model, String rollup, Phase phase, long nanos);

    /**
     * One that was given. Whoever is told must not keep the asker waiting.
     *
     * @param manifest that it was given from
     */
    default void answered(Query query, Manifest manifest, Answer answer) {}
}
