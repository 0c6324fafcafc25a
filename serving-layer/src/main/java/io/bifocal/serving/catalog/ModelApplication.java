package io.bifocal.serving.catalog;

import io.bifocal.cassandra.ModelCatalog.AppliedModel;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.model.Fault;
import io.bifocal.core.model.ModelFaults;
import io.bifocal.serving.kafka.Topics;
import io.bifocal.serving.storage.Storage;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
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
        UNCHANGED,
        /** Stored as a version: the one before stays in force until the history is computed with it. */
        PENDING
    }

    /** A version that was applied. */
    public record Applied(Outcome outcome, AppliedModel version) {}

    /**
     * Applies a model file.
     *
     * @param name that the model must have
     * @throws ModelFaults where the file is wrong
     */
    Applied apply(String name, String yaml) {
        Optional<AppliedModel> wanted = storage.models().find(name);
        if (wanted.isPresent() && wanted.get().definition().model().yaml().equals(yaml)) {
            topics.create(wanted.get().definition().model().source().topic());
            return new Applied(Outcome.UNCHANGED, wanted.get());
        }
        Definition next = analyser.analyse(name + ".yml", yaml).orThrow();
        requireName(name, next, yaml);
        return put(next);
    }

    /** Stores an analysed definition, and makes its topic. */
    public Applied put(Definition next) {
        boolean known = storage.models().find(next.model().name()).isPresent();
        boolean pending = !takesAtOnce(next);
        topics.create(next.model().source().topic());
        AppliedModel version = storage.models().put(next);
        models.refresh();
        return new Applied(pending ? Outcome.PENDING : known ? Outcome.CHANGED : Outcome.CREATED, version);
    }

    /** Whether no counted record was counted with another definition. */
    private boolean takesAtOnce(Definition next) {
        String hash = DefinitionJson.hash(next);
        Optional<Manifest> manifest = storage.manifests().read(next.model().name());
        if (manifest.isEmpty() || manifest.get().definition().equals(hash)) {
            return true;
        }
        try {
            manifests.apply(manifest.get(), (current, now) -> current.redefined(hash, now));
            return true;
        } catch (Refused counted) {
            return false;
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
