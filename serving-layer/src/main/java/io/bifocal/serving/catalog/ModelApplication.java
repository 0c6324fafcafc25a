package io.bifocal.serving.catalog;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.model.Fault;
import io.bifocal.core.model.ModelFaults;
import io.bifocal.serving.kafka.Topics;
import io.bifocal.serving.storage.Storage;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts models in force. */
@Singleton
public class ModelApplication {
    private final Storage storage;
    private final Models models;
    private final ModelAnalyser analyser;
    private final Topics topics;
    private final ManifestEditor manifests;

    ModelApplication(
            Storage storage,
            Models models,
            ModelAnalyser analyser,
            Topics topics,
            ManifestStore manifests,
            Clock clock) {
        this.storage = storage;
        this.models = models;
        this.analyser = analyser;
        this.topics = topics;
        this.manifests = new ManifestEditor(manifests, clock);
    }

    /** What became of a model. */
    public enum Outcome {
        CREATED,
        CHANGED,
        UNCHANGED
    }

    /** A definition in force. */
    public record Applied(Outcome outcome, Definition definition) {}

    /**
     * Applies a model file.
     *
     * @param name that the model must have
     * @throws ModelFaults where the file is wrong
     * @throws io.bifocal.core.error.BifocalException DEFINITION_CHANGED where counted records would have to be computed anew
     */
    Applied apply(String name, String yaml) {
        Optional<Definition> current = storage.models().current(name);
        if (current.isPresent() && current.get().model().yaml().equals(yaml)) {
            topics.create(current.get().model().source().topic());
            return new Applied(Outcome.UNCHANGED, current.get());
        }
        Definition next = analyser.analyse(name + ".yml", yaml).orThrow();
        requireName(name, next, yaml);
        return put(next);
    }

    /** Stores an analysed definition, and makes its topic. */
    public Applied put(Definition next) {
        Optional<Definition> current = storage.models().current(next.model().name());
        current.ifPresent(before -> requireSamePartials(before, next));
        topics.create(next.model().source().topic());
        storage.models().put(next);
        models.refresh();
        return new Applied(current.isPresent() ? Outcome.CHANGED : Outcome.CREATED, next);
    }

    private void requireSamePartials(Definition before, Definition next) {
        String hash = DefinitionJson.hash(next);
        String name = next.model().name();
        if (DefinitionJson.hash(before).equals(hash)) {
            return;
        }
        Optional<Manifest> manifest = storage.manifests().read(name);
        if (manifest.isEmpty()) {
            return;
        }
        try {
            manifests.apply(manifest.get(), (current, now) -> current.redefined(hash, now));
        } catch (Refused counted) {
            throw Errors.of(
                    ErrorCode.DEFINITION_CHANGED,
                    "Model " + name + " has counted records with another definition; its history needs a backfill to"
                            + " change what its columns, dimensions, simple metrics or rollups mean.",
                    "Apply it under another name, or keep to changes of texts, ratio and derived metrics.",
                    Map.of("model", name, "inForce", DefinitionJson.hash(before), "asked", hash));
        }
    }

    private static void requireName(String name, Definition next, String yaml) {
        if (!next.model().name().equals(name)) {
            throw new ModelFaults(List.of(new Fault(
                    name + ".yml",
                    lineOfName(yaml),
                    "The file's model is " + next.model().name() + ", the path's is " + name + ".",
                    "Let both be the same.")));
        }
    }

    private static int lineOfName(String yaml) {
        List<String> lines = yaml.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("model:")) {
                return i + 1;
            }
        }
        return 1;
    }
}
