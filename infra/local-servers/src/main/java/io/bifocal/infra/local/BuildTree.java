package io.bifocal.infra.local;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Where this build put what is started in processes of its own. */
public final class BuildTree {
    /** Names the repository's root; without it, the nearest directory above the current one that holds {@code .mvn}. */
    public static final String ROOT_PROPERTY = "bifocal.root";

    private BuildTree() {}

    public static Path root() {
        String given = System.getProperty(ROOT_PROPERTY);
        if (given != null) {
            return Path.of(given).toAbsolutePath().normalize();
        }
        Path start = Path.of("").toAbsolutePath();
        for (Path directory = start; directory != null; directory = directory.getParent()) {
            if (Files.isDirectory(directory.resolve(".mvn"))) {
                return directory;
            }
        }
        throw Errors.of(
                ErrorCode.BAD_CONFIG,
                "Neither " + start + " nor a directory above it holds .mvn, the mark of the repository's root.",
                "Start inside the repository, or name its root with -D" + ROOT_PROPERTY + "=DIR.");
    }

    /**
     * The class path that a module wrote when it was built.
     *
     * @param module relative to the root, such as {@code infra/kafka-server}
     */
    public static List<Path> classPath(String module) {
        return classPath(root().resolve(module).resolve("target/classpath.txt"));
    }

    /** The class path that a file holds. */
    public static List<Path> classPath(Path file) {
        try {
            return Arrays.stream(Files.readString(file).strip().split(":", -1))
                    .map(Path::of)
                    .toList();
        } catch (IOException failure) {
            throw Errors.of(
                    ErrorCode.BAD_CONFIG,
                    "Cannot read the class path " + file + ".",
                    "Build the module that writes it, for example with mvn -DskipTests package.",
                    failure);
        }
    }

    /** The jar or directory that a class was loaded from. */
    public static Path locationOf(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException impossible) {
            throw new UncheckedIOException(new IOException(impossible));
        }
    }
}
