package io.bifocal.spark;

import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import java.io.Serializable;

/**
 * A definition on its way to Spark's tasks: each makes its own {@link Evaluator} of it. Batch and speed layer both turn
 * records into events with it and with nothing else, so what they compute cannot differ in meaning.
 */
public final class CompiledDefinition implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String json;
    private transient volatile Definition definition;

    private CompiledDefinition(Definition definition) {
        this.json = DefinitionJson.write(definition);
        this.definition = definition;
    }

    public static CompiledDefinition of(Definition definition) {
        return new CompiledDefinition(definition);
    }

    public Definition definition() {
        Definition known = definition;
        if (known == null) {
            known = DefinitionJson.read(json);
            definition = known;
        }
        return known;
    }

    /** A new evaluator, for one task. */
    public Evaluator evaluator() {
        return new Evaluator(definition());
    }
}
