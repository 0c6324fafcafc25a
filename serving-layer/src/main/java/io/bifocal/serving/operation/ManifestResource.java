package io.bifocal.serving.operation;

import io.bifocal.cassandra.ModelCatalog.AppliedModel;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.ledger.ArchiveProgress;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.serving.catalog.Models;
import io.bifocal.serving.storage.Storage;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What is in force for a model. */
@Path("/api/v1/models")
@Tag(name = "Operation")
@Produces(MediaType.APPLICATION_JSON)
public class ManifestResource {
    private final Models models;
    private final ManifestStore manifests;
    private final Storage storage;
    private final Clock clock;

    ManifestResource(Models models, ManifestStore manifests, Storage storage, Clock clock) {
        this.models = models;
        this.manifests = manifests;
        this.storage = storage;
        this.clock = clock;
    }

    /**
     * The manifest.
     *
     * @param generation in force; 0 where there is none yet
     * @param cut up to where the generation covers records, by topic id and partition
     * @param end up to where answers do
     * @param archived up to where the archive does
     * @param publishedAt of the generation; null where there is none
     * @param parts after the generation, each from where the one before ends
     */
    public record ManifestDocument(
            long version,
            long generation,
            Positions cut,
            Positions end,
            Positions archived,
            @Schema(nullable = true) Instant publishedAt,
            String definition,
            List<PartDocument> parts) {}

    /** One link of the chain. */
    public record PartDocument(
            String id,
            Part.Kind kind,
            Positions from,
            Positions to,
            int batches,
            boolean sealed,
            int level,
            long records) {
        static PartDocument of(Part part) {
            return new PartDocument(
                    part.id(),
                    part.kind(),
                    part.from(),
                    part.to(),
                    part.batches(),
                    part.sealed(),
                    part.level(),
                    part.records());
        }
    }

    /** The generations that can be in force, the latest first. */
    public record Generations(List<GenerationDocument> data) {}

    /**
     * A generation.
     *
     * @param state IN_FORCE, or KEPT: it can be rolled back to
     * @param version of the model that it was computed with, and that is in force with it
     * @param records before its cut, quarantined ones among them
     * @param retainedFrom the first day that answers show while it is in force; null: the first there is
     */
    public record GenerationDocument(
            long generation,
            String state,
            @Schema(nullable = true) Long version,
            Positions cut,
            long archiveVersion,
            Instant publishedAt,
            long records,
            @Schema(nullable = true) LocalDate retainedFrom) {}

    private GenerationDocument document(String model, Generation generation, String state) {
        return new GenerationDocument(
                generation.number(),
                state,
                storage.models()
                        .byHash(model, generation.definition())
                        .map(AppliedModel::version)
                        .orElse(null),
                generation.cut(),
                generation.archiveVersion(),
                generation.publishedAt(),
                generation.records(),
                generation.retainedFrom().orElse(null));
    }

    @GET
    @Path("/{model}/manifest")
    @Operation(
            summary = "What is in force",
            description = "The generation, and the chain of parts that follows it up to now.")
    public ManifestDocument manifest(@PathParam("model") String model) {
        Positions archived = storage.archive()
                .progress(model)
                .map(ArchiveProgress::positions)
                .orElse(Positions.NONE);
        Manifest manifest = find(model);
        Generation generation = manifest.generation();
        return new ManifestDocument(
                manifest.version(),
                generation.number(),
                generation.cut(),
                manifest.end(),
                archived,
                generation.none() ? null : generation.publishedAt(),
                manifest.definition(),
                manifest.chain().stream().map(PartDocument::of).toList());
    }

    @GET
    @Path("/{model}/generations")
    @Operation(
            summary = "The batch generations",
            description = "The one in force and the earlier ones that are kept, the latest first.")
    public Generations generations(@PathParam("model") String model) {
        Manifest manifest = find(model);
        List<GenerationDocument> all = new ArrayList<>();
        manifest.kept().forEach(kept -> all.add(document(model, kept, "KEPT")));
        Collections.reverse(all);
        if (!manifest.generation().none()) {
            all.add(0, document(model, manifest.generation(), "IN_FORCE"));
        }
        return new Generations(all);
    }

    /** Of a model that no run has joined yet: the one that it will begin with. */
    private Manifest find(String model) {
        Definition definition = models.find(model);
        return manifests
                .read(model)
                .orElseGet(() -> Manifest.initial(model, DefinitionJson.hash(definition), clock.instant()));
    }
}
