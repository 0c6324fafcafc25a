package io.bifocal.serving;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * The Python tools that others would use on this server, in a virtual environment under target/ with the versions that
 * requirements.txt pins. Where it cannot be made, tests are skipped on a developer's machine, and fail in CI.
 */
public final class Python {
    private static final Path SOURCES = Path.of("src", "test", "python");
    private static final long PATIENCE_SECONDS = 300;

    private Python() {}

    /** What a process printed, and how it ended. */
    public record Ended(int code, String output) {}

    /** Runs one of the environment's programs with a script or arguments; a file is its standard input. */
    public static Ended run(Path input, String program, String... arguments) {
        Path environment = environment();
        return command(environment.resolve("bin").resolve(program), input, arguments);
    }

    /** Where the scripts are. */
    public static String script(String name) {
        return SOURCES.resolve(name).toString();
    }

    private static synchronized Path environment() {
        Path environment = Path.of("target", "python").toAbsolutePath();
        Path installed = environment.resolve("installed.txt");
        try {
            String wanted = Files.readString(SOURCES.resolve("requirements.txt"), StandardCharsets.UTF_8);
            if (!Files.exists(installed) || !Files.readString(installed).equals(wanted)) {
                require(command(Path.of("python3"), null, "-m", "venv", environment.toString()));
                require(command(
                        environment.resolve("bin/python"),
                        null,
                        "-m",
                        "pip",
                        "install",
                        "--quiet",
                        "--only-binary=:all:",
                        "--requirement",
                        SOURCES.resolve("requirements.txt").toString()));
                Files.writeString(installed, wanted);
            }
            return environment;
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void require(Ended ended) {
        if (ended.code() != 0) {
            boolean ci = "true".equals(System.getenv("CI"));
            Assumptions.assumeTrue(ci, "no Python environment here: " + ended.output());
            throw new AssertionError("no Python environment in CI: " + ended.output());
        }
    }

    private static Ended command(Path program, Path input, String... arguments) {
        List<String> line = new ArrayList<>(List.of(program.toString()));
        line.addAll(List.of(arguments));
        try {
            Path output = Files.createTempFile(Path.of("target"), "python", ".log");
            ProcessBuilder builder =
                    new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
            if (input != null) {
                builder.redirectInput(input.toFile());
            }
            Process process = builder.start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(line + " did not end: " + Files.readString(output));
            }
            String text = Files.readString(output);
            Files.delete(output);
            return new Ended(process.exitValue(), text);
        } catch (IOException failure) {
            return new Ended(-1, failure.toString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
