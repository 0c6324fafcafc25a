package io.bifocal.spark;

import io.bifocal.core.config.Config;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The main of a process that works with Spark. It ends when its work does, and with 1 where that failed: threads that Spark and
 * drivers leave behind would keep a process alive that does nothing, and nobody would start it again.
 */
public final class SparkProcess {
    private static final Logger LOG = LoggerFactory.getLogger(SparkProcess.class);
    private static final int FAILED = 1;

    private SparkProcess() {}

    /** What a process does. */
    @FunctionalInterface
    public interface Work {
        /** Returns what the process is to exit with. */
        int run(Config config) throws Exception;
    }

    /** Does not return. */
    @SuppressWarnings("SystemExitOutsideMain")
    public static void run(String name, Work work) {
        int exit;
        try {
            exit = work.run(Config.load());
        } catch (Exception | LinkageError | OutOfMemoryError failure) {
            LOG.error("the {} cannot go on", name, failure);
            exit = FAILED;
        }
        System.exit(exit);
    }
}
