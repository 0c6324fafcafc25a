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

/** Virtual environments of Python with what files of requirements pin. */
public final class PythonEnvironment {
    private PythonEnvironment() {}

    /**
     * Makes one where it is not, and again when what it is pinned to changes.
     *
     * @param directory of the environment
     * @param requirements files of different names
     * @param options of {@code pip install}
     * @return the directory of its programs
     * @throws io.bifocal.core.error.BifocalException UNAVAILABLE where there is no Python, or no package index
     */
    public static Path bin(Path directory, List<Path> requirements, String... options) {
        Path bin = directory.resolve("bin");
        try {
            if (!upToDate(directory, requirements)) {
                run(
                        "Install Python 3.11 or newer with venv (Debian: apt-get install python3-venv).",
                        List.of("python3", "-m", "venv", "--clear", directory.toString()));
                List<String> pip =
                        new ArrayList<>(List.of(bin.resolve("python").toString(), "-m", "pip", "install", "--quiet"));
                pip.addAll(List.of(options));
                requirements.forEach(file -> pip.addAll(List.of("--requirement", file.toString())));
                run("It needs a package index on first use.", pip);
                for (Path file : requirements) {
                    Files.copy(file, copy(directory, file), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException failure) {
            throw Errors.of(
                    ErrorCode.UNAVAILABLE,
                    "No environment of Python can be made in " + directory + ": " + failure + ".",
                    "Check that the disk is writable and has room.",
                    failure);
        }
        return bin;
    }

    private static boolean upToDate(Path directory, List<Path> requirements) throws IOException {
        for (Path file : requirements) {
            Path copy = copy(directory, file);
            if (!Files.exists(copy) || Files.mismatch(file, copy) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static Path copy(Path directory, Path requirements) {
        return directory.resolve(requirements.getFileName());
    }

    private static void run(String remedy, List<String> command) {
        String failed = String.join(" ", command) + " failed: ";
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
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
