package io.bifocal.core.cut;

/**
 * Where a test lets a process die: called around every effect of an in-memory store, it may throw {@link Crash}. Thrown before,
 * the effect did not happen; thrown after, it did and nobody was told, as when an acknowledgement is lost.
 */
public interface FaultPolicy {
    FaultPolicy NONE = new FaultPolicy() {};

    /** Called before an effect such as {@code write}, once for each row. */
    default void before(String effect) {}

    default void after(String effect) {}

    /** The end of the process that made the call. */
    final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Crash(String effect) {
            super("crashed at " + effect);
        }
    }
}
