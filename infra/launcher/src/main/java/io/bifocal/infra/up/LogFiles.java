package io.bifocal.infra.up;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Logs of the parts: this start's, and the one before. */
final class LogFiles {
    private LogFiles() {}

    static void rotate(Path log) {
        try {
            if (Files.exists(log)) {
                Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            }
            Files.createDirectories(log.getParent());
            Files.createFile(log);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
