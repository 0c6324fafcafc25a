package io.bifocal.serving.operation;

import io.bifocal.core.error.BifocalException;
import io.bifocal.serving.operation.PartsFile.PartStatus;
import io.bifocal.serving.storage.Storage;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** How the platform is. */
@Path("/api/v1/status")
@Tag(name = "Operation")
@Produces(MediaType.APPLICATION_JSON)
public class StatusResource {
    private final PartsFile parts;
    private final ModelProgress progress;
    private final Storage storage;

    StatusResource(PartsFile parts, ModelProgress progress, Storage storage) {
        this.parts = parts;
        this.progress = progress;
        this.storage = storage;
    }

    /**
     * The platform's state.
     *
     * @param ready whether every part does its work
     * @param models empty while their stores cannot be reached
     */
    public record Status(boolean ready, List<PartStatus> parts, List<ModelProgress.Progress> models) {}

    @GET
    @Operation(
            summary = "How the platform is",
            description = "Its processes, and for each model how many events are not counted yet. A number that cannot"
                    + " be known at the moment is null.")
    public Status status() {
        List<PartStatus> all = parts.read();
        boolean up = all.stream().allMatch(part -> part.state().equals("UP"));
        try {
            return new Status(up && storage.connected(), all, progress.all());
        } catch (BifocalException unreachable) {
            return new Status(false, all, List.of());
        }
    }
}
