package io.bifocal.infra.up;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.infra.local.BuildTree;
import io.bifocal.infra.local.Leash;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the parts are started from: copies, in the home, of the jars that this repository builds. A JVM whose jar is replaced
 * under it crashes, and a part that restarts must be what the others are; so a build may happen while the platform runs.
 */
final class ClassPaths {
    private final Path root;
    private final Path copies;

    ClassPaths(Path root, Path copies) {
        this.root = root;
        this.copies = copies;
    }

    /** Removes what an earlier start copied. */
    void clear() {
        try {
            deleteAll(copies);
            Files.createDirectories(copies);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The class path of a module with its own classes first, as copied. */
    List<Path> of(String module) {
        List<Path> result = new ArrayList<>();
        result.add(copied(jarOf(module)));
        BuildTree.classPath(module).forEach(path -> result.add(path.startsWith(root) ? copied(path) : path));
        return result;
    }

    /** What ends a process with the one that started it, as copied. */
    Path leash() {
        return copied(BuildTree.locationOf(Leash.class));
    }

    /** A file that holds the class path of a module, for those who start it themselves. */
    Path fileOf(String module) {
        Path file = copies.resolve(module.replace('/', '-') + ".classpath");
        String text = of(module).stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        AtomicFiles.write(file, text);
        return file;
    }

    /** A directory that a module built, as copied. */
    Path directory(String module, String name) {
        Path source = root.resolve(module).resolve("target").resolve(name);
        if (!Files.isDirectory(source)) {
            throw notBuilt(module);
        }
        Path target = copies.resolve(name);
        copyAll(source, target);
        return target;
    }

    private Path jarOf(String module) {
        Path target = root.resolve(module).resolve("target");
        String artifact = Path.of(module).getFileName().toString();
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> isMainJar(file.getFileName().toString(), artifact))
                    .findFirst()
                    .orElseThrow(() -> notBuilt(module));
        } catch (IOException failure) {
            throw notBuilt(module);
        }
    }

    private static boolean isMainJar(String file, String artifact) {
        return file.startsWith(artifact + "-")
                && file.endsWith(".jar")
                && !file.endsWith("-tests.jar")
                && !file.endsWith("-sources.jar");
    }

    private static RuntimeException notBuilt(String module) {
        return Errors.of(
                ErrorCode.BAD_CONFIG,
                module + " is not built.",
                "Run ./bifocal without BIFOCAL_NO_BUILD, or mvn -DskipTests package.");
    }

    private Path copied(Path source) {
        Path target = copies.resolve(source.getFileName().toString());
        if (!Files.exists(target)) {
            copyAll(source, target);
        }
        return target;
    }

    private static void copyAll(Path source, Path target) {
        try (Stream<Path> paths = Files.walk(source)) {
            for (Path path : paths.toList()) {
                Path to = target.resolve(source.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(path, to, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void deleteAll(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
