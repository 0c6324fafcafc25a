package io.bifocal.infra.up;

import io.bifocal.core.config.Config;
import io.bifocal.core.config.SparkJvm;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a job's process of this platform is started with but for the job, as a file for {@code java @FILE}: for a scheduler that
 * starts jobs itself, such as Airflow.
 */
final class JobArguments {
    private JobArguments() {}

    /**
     * Writes the file anew.
     *
     * @param classPath the leash's and the batch layer's
     */
    static void write(Home home, Config config, List<Path> classPath) {
        List<String> arguments = new ArrayList<>();
        arguments.add("-Xmx" + config.text(Config.Key.BATCH_MEMORY));
        arguments.addAll(config.words(Config.Key.SPARK_JVM_OPTIONS));
        arguments.addAll(SparkJvm.options());
        arguments.add("-Duser.timezone=UTC");
        arguments.add("-D" + Config.FILE_PROPERTY + "=" + home.platformProperties());
        arguments.add("-cp");
        arguments.add(classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        AtomicFiles.write(home.jobArguments(), text(arguments));
    }

    /** One argument a line, each quoted as {@code java @FILE} reads it. */
    static String text(List<String> arguments) {
        return arguments.stream()
                .map(argument -> "\"" + argument.replace("\\", "\\\\").replace("\"", "\\\"") + "\"\n")
                .collect(Collectors.joining());
    }
}
