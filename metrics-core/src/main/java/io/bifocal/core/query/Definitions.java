package io.bifocal.core.query;

import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
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

    /**
     * The very definition that an answer was given with, which may have been replaced since by one that computes other things
     * from the same partials. Empty where it is not kept; here, where it is not the one in force.
     *
     * @param fingerprint as {@link DefinitionJson#fingerprint} gives it
     */
    default Optional<Definition> byFingerprint(String model, String fingerprint) {
        return current(model)
                .filter(definition -> DefinitionJson.fingerprint(definition).equals(fingerprint));
    }

    /** One definition and no other. */
    static Definitions only(Definition definition) {
        String known = DefinitionJson.hash(definition);
        return new Definitions() {
            @Override
            public List<String> models() {
                return List.of(definition.model().name());
            }

            @Override
            public Optional<Definition> current(String model) {
                return Optional.of(definition);
            }

            @Override
            public Optional<Definition> byHash(String model, String hash) {
                return Optional.of(definition).filter(same -> known.equals(hash));
            }
        };
    }
}
