package io.bifocal.infra.local;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The command line of a child JVM, on a {@link Leash} held by this process.
 *
 * @param classPath of the child, without the leash's
 * @param options of the JVM, in order
 */
public record JavaCommand(String mainClass, List<Path> classPath, List<String> options, List<String> arguments) {

    /** A main class of this JVM's class path, whose JVM compiles as this one does and computes on Spark as this one does. */
    public static JavaCommand likeThisJvm(Class<?> main, List<String> options, String... arguments) {
        List<String> all = new ArrayList<>(options);
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-XX:") || option.startsWith("-Dspark."))
                .forEach(all::add);
        List<Path> classPath = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(Path::of)
                .toList();
        return new JavaCommand(main.getName(), classPath, all, List.of(arguments));
    }

    /** The command line, ready for {@link ProcessBuilder}. */
    public List<String> line() {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(options);
        line.add("-D" + Leash.PID_PROPERTY + "=" + ProcessHandle.current().pid());
        line.add("-cp");
        line.add(Stream.concat(Stream.of(BuildTree.locationOf(Leash.class)), classPath.stream())
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator)));
        line.add(Leash.class.getName());
        line.add(mainClass);
        line.addAll(arguments);
        return List.copyOf(line);
    }
}
