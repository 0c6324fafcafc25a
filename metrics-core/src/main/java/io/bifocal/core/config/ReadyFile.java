package io.bifocal.core.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** By which a process tells whoever started it that it does its work now, however long its start takes. */
public final class ReadyFile {
    /** The system property that names the file; whoever sets it deletes an earlier process's file first. */
    public static final String PROPERTY = "bifocal.ready-file";

    private ReadyFile() {}

    /** Makes the file; without the property, does nothing. */
    public static void announce() {
        String file = System.getProperty(PROPERTY);
        if (file == null) {
            return;
        }
        try {
            Files.writeString(
                    Path.of(file), Long.toString(ProcessHandle.current().pid()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
