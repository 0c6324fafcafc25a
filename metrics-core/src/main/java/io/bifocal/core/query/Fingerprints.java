package io.bifocal.core.query;

import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers the fingerprint of each model's definition, so that not every query digests it anew. */
final class Fingerprints {
    private record Known(Definition definition, String fingerprint) {}

    private final Map<String, Known> byModel = new ConcurrentHashMap<>();

    /** As {@link DefinitionJson#fingerprint}. */
    @SuppressWarnings("ReferenceEquality") // comparing definitions would go through all of them, as digesting does
    String of(Definition definition) {
        String model = definition.model().name();
        Known known = byModel.get(model);
        if (known == null || known.definition() != definition) {
            known = new Known(definition, DefinitionJson.fingerprint(definition));
            byModel.put(model, known);
        }
        return known.fingerprint();
    }
}
