package io.bifocal.serving.catalog;

import io.bifocal.core.model.Fault;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Checks model files. */
@Path("/api/v1/models:validate")
@Tag(name = "Models")
@Produces(MediaType.APPLICATION_JSON)
public class ValidationResource {
    private final ModelAnalyser analyser;

    ValidationResource(ModelAnalyser analyser) {
        this.analyser = analyser;
    }

    /** Whether a model file may be applied, and if not, everything that is wrong with it. */
    public record Validation(boolean valid, List<Fault> faults) {}

    @POST
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary = "Check a model file",
            description =
                    "Everything that is wrong with it, each with its line and what would be right. Changes nothing.")
    public Validation validate(
            @RequestBody(
                            content =
                                    @Content(
                                            mediaType = "application/yaml",
                                            examples = @ExampleObject(name = "visits", value = ModelsResource.EXAMPLE)))
                    byte[] yaml) {
        List<Fault> faults = analyser.analyse("model.yml", new String(yaml, StandardCharsets.UTF_8))
                .faults();
        return new Validation(faults.isEmpty(), faults);
    }
}
