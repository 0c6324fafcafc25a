package io.bifocal.infra.local;

import java.io.IOException;
import java.nio.file.Path;

/** Cleans up after this JVM. */
public final class AtExit {
    private AtExit() {}

    /** Asks a process to end with this JVM, whatever ends that. */
    public static void stop(Process process) {
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop-" + process.pid()));
    }

    /** Nobody will read this data again, so the process need not stop in order. */
    static void killAndDelete(Process process, Path home) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            process.destroyForcibly();
                            try {
                                process.waitFor();
                                TemporaryDirectories.delete(home);
                            } catch (IOException | InterruptedException leftBehind) {
                                System.err.println("Left behind: " + home + " (" + leftBehind + ")");
                            }
                        },
                        "clean-up"));
    }
}
