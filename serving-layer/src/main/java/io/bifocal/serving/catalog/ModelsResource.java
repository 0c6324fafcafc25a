package io.bifocal.serving.catalog;

import io.bifocal.serving.catalog.ModelApplication.Applied;
import io.bifocal.serving.catalog.ModelApplication.Outcome;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The catalog of models. */
@Path("/api/v1/models")
@Tag(name = "Models")
@Produces(MediaType.APPLICATION_JSON)
public class ModelsResource {
    static final String EXAMPLE =
            """
            version: 1
            model: visits
            source: {topic: visits, format: json}
            time: {column: at}
            columns: {at: timestamp, page: string}
            dimensions: [{name: page, expr: page}]
            metrics: [{name: visits, type: simple, agg: count}]
            rollups: [{name: by_page, granularity: minute, dimensions: [page]}]
            """;

    private final Models models;
    private final ModelApplication application;

    ModelsResource(Models models, ModelApplication application) {
        this.models = models;
        this.application = application;
    }

    /** Several models. */
    public record ModelList(List<ModelDocument> data) {}

    @GET
    @Operation(
            summary = "List the models",
            description = "All models with their columns, dimensions, metrics and rollups.")
    public ModelList list() {
        return new ModelList(models.versions().stream()
                .map(version -> ModelDocument.of(version, true))
                .toList());
    }

    @GET
    @Path("/{model}")
    @Operation(summary = "Show a model", description = "What can be asked of it, and its file as it was applied.")
    public ModelDocument show(@PathParam("model") String model) {
        return ModelDocument.of(models.version(model), true);
    }

    @PUT
    @Path("/{model}")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary = "Apply a model file",
            description = "Stores the model as its next version, and makes its Kafka topic. The same file again changes"
                    + " nothing. Where counted records would have to be counted anew, the version before stays in force"
                    + " until a recompute or backfill has computed the history with this one.")
    @APIResponse(
            responseCode = "200",
            description = "Changed, or as it was; inForce says whether answers are given with it")
    @APIResponse(responseCode = "201", description = "New")
    @APIResponse(responseCode = "422", description = "BAD_MODEL: all faults of the file are in values.faults")
    public Response apply(
            @Parameter(example = "visits") @PathParam("model") String model,
            @RequestBody(
                            content =
                                    @Content(
                                            mediaType = "application/yaml",
                                            examples = @ExampleObject(name = "visits", value = EXAMPLE)))
                    byte[] yaml) {
        Applied applied = application.apply(model, new String(yaml, StandardCharsets.UTF_8));
        return Response.status(applied.outcome() == Outcome.CREATED ? 201 : 200)
                .entity(ModelDocument.of(applied.version(), applied.outcome() != Outcome.PENDING))
                .build();
    }
}
