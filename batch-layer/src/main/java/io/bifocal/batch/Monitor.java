package io.bifocal.batch;

import java.time.Duration;

/** Whom a job tells how far it is, and who may tell it to stop. */
public interface Monitor {
    Duration BETWEEN_LOOKS = Duration.ofMillis(300);

    /** Somebody asked that the job be given up. */
    final class Cancelled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Cancelled() {
            super("cancelled");
        }
    }

    /**
     * Says how far the job is.
     *
     * @param progress 0 to 1
     * @param message what it is doing, for people
     * @throws Cancelled where it is to stop
     */
    void report(double progress, String message);

    /**
     * Says that what follows is not taken back: from here on the job goes to its end, whoever asks for something else.
     *
     * @throws Cancelled where it is to stop before
     */
    void passPointOfNoReturn();

    /** The same, for a piece of the work that begins and ends at these points of all of it. */
    default Monitor between(double begin, double end) {
        Monitor whole = this;
        return new Monitor() {
            @Override
            public void report(double progress, String message) {
                whole.report(begin + progress * (end - begin), message);
            }

            @Override
            public void passPointOfNoReturn() {
                whole.passPointOfNoReturn();
            }

            @Override
            public void pause(Duration some) {
                whole.pause(some);
            }
        };
    }

    /** Waits, and stops waiting where the job is to stop. */
    void pause(Duration some);

    /** Waits a little, between two looks at something that others bring about. */
    default void pause() {
        pause(BETWEEN_LOOKS);
    }
}
