package io.bifocal.core.query;

import io.bifocal.core.model.Definition;
import java.util.List;
import java.util.Optional;

/** The definitions that queries are answered with. */
public interface Definitions {
    /** Names of all models. */
    List<String> models();

    /** A model's definition in force; empty where there is no such model. */
    Optional<Definition> current(String model);

    /**
     * The definition with which a manifest's parts were computed, which may be an earlier one.
     *
     * @param hash as {@link io.bifocal.core.cut.Manifest#definition} names it
     */
    Optional<Definition> byHash(String model, String hash);
}
