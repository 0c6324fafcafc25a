package io.bifocal.serving.jobs;

import io.bifocal.core.job.Job;
import java.time.Duration;

/**
 * Where jobs run: as child processes of this server, or in a scheduler that a team has. It only starts, watches and stops them;
 * which job is next, and what becomes of one that died, is the {@link JobExecutor}'s. Every implementation passes {@code
 * JobRunnerContract}.
 */
interface JobRunner {
    /** As the configuration's {@code executor} names it. */
    String name();

    /** Whether it is configured. */
    boolean available();

    /** For how long to claim a job that is then started: until its process first renews it. */
    Duration lease();

    /**
     * Asks whether a job could be started now.
     *
     * @throws io.bifocal.core.error.BifocalException UNAVAILABLE where none can be: they wait, and it is asked again
     */
    void requireReady();

    /**
     * Starts work on a claimed job.
     *
     * @param owner as whom the job was claimed, and whoever works on it is to hold it
     * @param attempt the how-manieth of this owner at this job, from 1
     * @throws io.bifocal.core.error.BifocalException where it cannot be started
     */
    Run start(Job job, String owner, int attempt);

    /** Work on a job, from its start to its end, be it good or bad. */
    interface Run {
        boolean running();

        /** How it ended, and the last that it said; for people. */
        String end();

        /** Ends it at once. */
        void stop();

        /** This server ends: what cannot go on without it ends too. */
        void leave();
    }
}
