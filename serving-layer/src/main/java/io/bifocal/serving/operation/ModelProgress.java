package io.bifocal.serving.operation;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.ledger.ArchiveProgress;
import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Freshness;
import io.bifocal.serving.catalog.Models;
import io.bifocal.serving.kafka.Topics;
import io.bifocal.serving.storage.Storage;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How far each model is behind what Kafka holds. */
@Singleton
class ModelProgress {
    private final Models models;
    private final ManifestStore manifests;
    private final Storage storage;
    private final Topics topics;
    private final Freshness freshness;

    ModelProgress(Models models, ManifestStore manifests, Storage storage, Topics topics, Freshness freshness) {
        this.models = models;
        this.manifests = manifests;
        this.storage = storage;
        this.topics = topics;
        this.freshness = freshness;
    }

    /**
     * One model's progress.
     *
     * @param lagEvents in Kafka and not in answers yet; null while Kafka does not answer
     * @param archiveLagEvents in Kafka and not in the archive yet; null while Kafka does not answer
     * @param freshThrough everything that arrived up to then is counted; null where that is not known
     * @param generation in force; 0 where there is none yet
     * @param chainLength parts after the generation
     */
    public record Progress(
            String model,
            @Schema(nullable = true) Long lagEvents,
            @Schema(nullable = true) Long archiveLagEvents,
            @Schema(nullable = true) Instant freshThrough,
            long generation,
            int chainLength) {}

    /** Of all models, by name. */
    List<Progress> all() {
        Collection<Definition> definitions = models.all();
        Optional<Map<String, Positions>> ends = ends(definitions);
        return definitions.stream()
                .map(definition -> progress(
                        definition.model().name(),
                        ends.map(known ->
                                known.getOrDefault(definition.model().source().topic(), Positions.NONE))))
                .toList();
    }

    private Progress progress(String model, Optional<Positions> end) {
        // Asked for before the manifest is read: what arrives meanwhile is no lag.
        Optional<Manifest> manifest = manifests.read(model);
        Positions counted = manifest.map(Manifest::end).orElse(Positions.NONE);
        Positions archived = storage.archive()
                .progress(model)
                .map(ArchiveProgress::positions)
                .orElse(Positions.NONE);
        Optional<Instant> fresh = manifest.map(freshness::freshThrough).filter(at -> at.isAfter(Instant.EPOCH));
        return new Progress(
                model,
                end.map(positions -> positions.minus(counted)).orElse(null),
                end.map(positions -> positions.minus(archived)).orElse(null),
                fresh.orElse(null),
                manifest.map(found -> found.generation().number()).orElse(0L),
                manifest.map(found -> found.chain().size()).orElse(0));
    }

    private Optional<Map<String, Positions>> ends(Collection<Definition> definitions) {
        try {
            return Optional.of(topics.ends(definitions.stream()
                    .map(definition -> definition.model().source().topic())
                    .distinct()
                    .toList()));
        } catch (BifocalException kafkaIsAway) {
            return Optional.empty();
        }
    }
}
