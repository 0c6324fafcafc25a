package io.bifocal.serving.jobs;

import io.bifocal.core.job.Job;

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

    /**
     * Starts work on a claimed job.
     *
     * @param owner as whom the job was claimed, and whoever works on it is to hold it
     * @throws io.bifocal.core.error.BifocalException where it cannot be started
     */
    Run start(Job job, String owner);

    /** Work on a job, from its start to its end, be it good or bad. */
    interface Run {
        boolean running();

        /** How it ended, and the last that it said; for people. */
        String end();

        /** Ends it at once. */
        void stop();
    }
}
