package io.bifocal.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the checkout is, and the real data that may lie beside it. */
final class Repository {
    static final Path ROOT = root();

    private Repository() {}

    /** A file of the real data sets, where the checkout has them beside it. */
    static Optional<Path> sharedData(String file) {
        Path path = ROOT.resolveSibling("shared").resolve("data").resolve(file);
        return Files.exists(path) ? Optional.of(path) : Optional.empty();
    }

    private static Path root() {
        try {
            Path path = Path.of("").toRealPath();
            while (!Files.exists(path.resolve("bifocal"))) {
                path = path.getParent();
            }
            return path;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
