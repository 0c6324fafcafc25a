package io.bifocal.infra.local;

import io.bifocal.core.config.Config;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What starts a server, apart from starting it, so that a supervisor can do so in its own way.
 *
 * @param name for people and for messages
 * @param line the command line
 * @param environment added to this process's, without the settings in it
 * @param logFile to which its output is appended
 * @param pidFile where its pid is noted, so that the next process that wants its data and ports can wait for its end
 * @param ready whether it answers its clients; meaningless while an earlier process on the same ports is alive
 */
public record ServerCommand(
        String name, List<String> line, Map<String, String> environment, Path logFile, Path pidFile, Probe ready) {

    /** Asks a server whether it is ready, within about a second, and never throws. */
    @FunctionalInterface
    public interface Probe {
        boolean answers();
    }

    /** Settings are in the files that a server is told of; read from the environment again they would override those. */
    static void prepare(Map<String, String> inherited, Map<String, String> added) {
        for (Config.Key key : Config.Key.values()) {
            inherited.remove(key.environment());
        }
        inherited.putAll(added);
    }

    /** Waits until an earlier process on the same data is gone, then starts this one. */
    public Process start() {
        PidFile pids = new PidFile(pidFile);
        pids.awaitGone(name);
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
        prepare(builder.environment(), environment);
        try {
            Files.createDirectories(logFile.toAbsolutePath().getParent());
            Process process = builder.start();
            pids.write(process.toHandle());
            return process;
        } catch (IOException failure) {
            throw Errors.of(
                    ErrorCode.UNAVAILABLE,
                    "Cannot start " + name + ": " + failure.getMessage(),
                    "Check the Java installation and that " + logFile + " can be written.",
                    failure);
        }
    }
}
