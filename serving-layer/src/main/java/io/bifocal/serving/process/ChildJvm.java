package io.bifocal.serving.process;

import io.bifocal.core.config.Config;
import io.bifocal.core.config.SparkJvm;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.infra.local.Leash;
import jakarta.inject.Singleton;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts Spark's work in JVMs of its own, on the class paths that the configuration names: Spark's libraries and this
 * process' differ. A child ends when this process is gone, however that happens.
 */
@Singleton
public class ChildJvm {
    private final Config config;

    ChildJvm(Config config) {
        this.config = config;
    }

    /**
     * A child that reads the same configuration, not started yet.
     *
     * @param classPath the key of the file that holds its class path
     * @param options of the JVM, beside Spark's
     * @param main the main class, and its arguments
     */
    public ProcessBuilder command(Config.Key classPath, List<String> options, List<String> main) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(options);
        line.addAll(SparkJvm.options());
        line.add("-Duser.timezone=UTC");
        String file = System.getProperty(Config.FILE_PROPERTY);
        if (file != null) {
            line.add("-D" + Config.FILE_PROPERTY + "=" + Path.of(file).toAbsolutePath());
        }
        line.add("-D" + Leash.PID_PROPERTY + "=" + ProcessHandle.current().pid());
        line.add("-cp");
        line.add(leash() + File.pathSeparator + classPath(classPath));
        line.add(Leash.class.getName());
        line.addAll(main);
        return new ProcessBuilder(line).redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    }

    private String classPath(Config.Key key) {
        if (!config.has(key)) {
            throw Errors.of(
                    ErrorCode.BAD_CONFIG,
                    "The configuration lacks " + key.text() + ", so this server cannot start what Spark does.",
                    "Name the file that holds the class path.");
        }
        try {
            return Files.readString(Path.of(config.text(key))).trim();
        } catch (IOException failure) {
            throw Errors.of(
                    ErrorCode.BAD_CONFIG,
                    "Cannot read " + key.text() + ", " + config.text(key) + ".",
                    "Check the path and its permissions.",
                    failure);
        }
    }

    private static Path leash() {
        return Path.of(
                Leash.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    }
}
