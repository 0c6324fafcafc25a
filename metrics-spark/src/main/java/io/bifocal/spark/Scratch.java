package io.bifocal.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Directories that matter to one process, or one run, only. */
public final class Scratch {
    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);

    private Scratch() {}

    /**
     * Deletes a directory with all that is in it; what cannot be deleted is left behind, and said. Never throws, for others
     * may be deleting the same directory (a run that ends while it is closed).
     */
    public static void delete(Path directory) {
        if (!FileUtils.deleteQuietly(directory.toFile()) && Files.exists(directory)) {
            LOG.warn("cannot delete all of {}", directory);
        }
    }
}
