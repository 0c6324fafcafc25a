package io.bifocal.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Programs of the machine that tests drive others by: browsers, Node.js, Python. */
final class Tool {
    private Tool() {}

    /**
     * Where one of some programs is. Without any of them the test is left out, but in continuous integration it fails.
     *
     * @param remedy what installs one
     */
    static Path find(String remedy, String... names) {
        Optional<Path> found = Arrays.stream(names)
                .flatMap(name -> Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
        String missing = "none of " + List.of(names) + " is on the PATH: " + remedy;
        if ("true".equals(System.getenv("CI"))) {
            assertThat(found).as(missing).isPresent();
        }
        if (found.isEmpty()) {
            // The build's summary counts what was left out, and does not say why.
            System.err.println("left out: " + missing);
        }
        assumeTrue(found.isPresent(), missing);
        return found.orElseThrow();
    }

    /** Runs a program that must succeed; what it said is told where it does not. */
    static void run(Path directory, Map<String, String> environment, String... command) {
        try {
            Path output = Files.createTempFile("tool", ".out");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            Platform.waitFor(process, output);
            String said = Files.readString(output);
            Files.delete(output);
            assertThat(process.exitValue())
                    .as("exit of %s in %s%n%s", List.of(command), directory, said)
                    .isZero();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
