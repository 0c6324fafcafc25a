package io.bifocal.core.cut;

import java.util.Optional;
import java.util.function.Function;

/**
 * Where manifests are kept: one row a model, read at once and replaced by compare-and-set. Every implementation passes
 * {@code ManifestStoreContract}.
 */
public interface ManifestStore {
    /** The manifest in force, as of a moment after the call; empty where the model has none. */
    Optional<Manifest> read(String model);

    /** Stores the first manifest of a model; false where it has one. */
    boolean create(Manifest manifest);

    /**
     * Puts {@code next} in the place of {@code current}, if that is in force. An outcome that is in doubt (a timeout) is
     * resolved by reading, never assumed: when this returns, the answer is certain.
     */
    boolean replace(Manifest current, Manifest next);

    /** A view of manifests for those who read only: it changes none. */
    static ManifestStore readOnly(Function<String, Optional<Manifest>> manifests) {
        return new ManifestStore() {
            @Override
            public Optional<Manifest> read(String model) {
                return manifests.apply(model);
            }

            @Override
            public boolean create(Manifest manifest) {
                throw new UnsupportedOperationException();
            }

            @Override
            public boolean replace(Manifest current, Manifest next) {
                throw new UnsupportedOperationException();
            }
        };
    }
}
