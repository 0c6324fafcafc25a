package io.bifocal.infra.local;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A virtual environment of Python with what files of requirements pin; made on first use, and again when these change.
 *
 * @param requirements files of different names
 * @param pipOptions of {@code pip install}
 */
public record PythonEnvironment(Path directory, List<Path> requirements, List<String> pipOptions) {
    /** Exit codes beyond it are a signal's number more. */
    private static final int BY_A_SIGNAL = 128;

    public PythonEnvironment(Path directory, List<Path> requirements) {
        this(directory, requirements, List.of());
    }

    /**
     * One of its programs, once it is made.
     *
     * @throws io.bifocal.core.error.BifocalException UNAVAILABLE where there is no Python, or no package index
     */
    public Path program(String name) {
        if (!upToDate()) {
            make();
        }
        return directory.resolve("bin").resolve(name);
    }

    /** Whether it holds what it is pinned to. */
    public boolean upToDate() {
        return Files.isExecutable(python())
                && requirements.stream().allMatch(file -> {
                    try {
                        return Files.exists(copy(file)) && Files.mismatch(file, copy(file)) < 0;
                    } catch (IOException unreadable) {
                        return false;
                    }
                });
    }

    private void make() {
        run(
                "Install Python 3.11 or newer with venv (Debian: apt-get install python3-venv).",
                List.of("python3", "-m", "venv", "--clear", directory.toString()));
        List<String> pip = new ArrayList<>(List.of(python().toString(), "-m", "pip", "install", "--quiet"));
        pip.addAll(pipOptions);
        requirements.forEach(file -> pip.addAll(List.of("--requirement", file.toString())));
        run("It needs a package index on first use.", pip);
        try {
            for (Path file : requirements) {
                Files.copy(file, copy(file), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException failure) {
            throw Errors.of(
                    ErrorCode.UNAVAILABLE,
                    "No environment of Python can be made in " + directory + ": " + failure + ".",
                    "Check that the disk is writable and has room.",
                    failure);
        }
    }

    private Path python() {
        return directory.resolve("bin/python");
    }

    private Path copy(Path file) {
        return directory.resolve(file.getFileName());
    }

    private static void run(String remedy, List<String> command) {
        String failed = String.join(" ", command) + " failed: ";
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            AtExit.stop(process);
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit > BY_A_SIGNAL) {
                throw Errors.of(
                        ErrorCode.UNAVAILABLE,
                        failed + "it was stopped by signal " + (exit - BY_A_SIGNAL) + ".",
                        "Start again: what was half made is made anew.");
            }
            if (exit != 0) {
                throw Errors.of(ErrorCode.UNAVAILABLE, failed + output.strip(), remedy);
            }
        } catch (IOException missing) {
            throw Errors.of(ErrorCode.UNAVAILABLE, failed + missing.getMessage() + ".", remedy, missing);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
