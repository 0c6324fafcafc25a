package io.bifocal.serving.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bifocal.cassandra.ModelCatalog.AppliedModel;
import io.bifocal.core.job.Job;
import io.bifocal.core.model.ChangeWork;
import io.bifocal.core.model.ModelDiff;
import io.bifocal.serving.catalog.Versions.State;
import io.bifocal.serving.jobs.JobDocument;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Changed definitions, from the file that was applied to the answers. */
@Path("/api/v1/models/{model}/versions")
@Tag(name = "Models")
@Produces(MediaType.APPLICATION_JSON)
public class VersionsResource {
    private final Versions versions;
    private final SideBySide sideBySide;

    VersionsResource(Versions versions, SideBySide sideBySide) {
        this.versions = versions;
        this.sideBySide = sideBySide;
    }

    /** All versions of a model, the latest first. */
    public record VersionList(List<VersionDocument> data) {}

    /**
     * A version.
     *
     * @param state IN_FORCE, READY or KEPT (can be promoted), BUILDING, PENDING, or SUPERSEDED
     * @param hash equal for versions whose stored numbers mean the same
     */
    public record VersionDocument(long version, String state, String hash, Instant appliedAt, String yaml) {
        static VersionDocument of(AppliedModel version, State state) {
            return new VersionDocument(
                    version.version(),
                    state.name(),
                    version.hash(),
                    version.appliedAt(),
                    version.definition().model().yaml());
        }
    }

    /**
     * What sets a version apart from the one in force.
     *
     * @param definition what differs between the files
     * @param work what each metric and rollup needs, and why
     * @param behind records that are counted in force and not in the version yet; there with the numbers
     * @param numbers of each metric over all events, in both; there once the version's history is computed
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Diff(
            String model,
            long version,
            long inForce,
            State state,
            List<ModelDiff.Line> definition,
            List<ChangeWork.Item> work,
            Optional<Long> behind,
            Optional<Map<String, SideBySide.Numbers>> numbers) {}

    @GET
    @Operation(summary = "List a model's versions", description = "The latest first.")
    public VersionList list(@PathParam("model") String model) {
        return new VersionList(versions.of(model).stream()
                .map(version -> VersionDocument.of(version, versions.state(version)))
                .toList());
    }

    @GET
    @Path("/{version: \\d+}")
    @Operation(summary = "Show a version", description = "Where it stands, and its file.")
    public VersionDocument show(@PathParam("model") String model, @PathParam("version") long number) {
        AppliedModel version = versions.find(model, number);
        return VersionDocument.of(version, versions.state(version));
    }

    @GET
    @Path("/{version: \\d+}/diff")
    @Operation(
            summary = "Compare a version with the one in force",
            description = "What differs between the files, which work each metric and rollup needs for it and why, and"
                    + " once the history is computed the numbers of both.")
    public Diff diff(@PathParam("model") String model, @PathParam("version") long number) {
        AppliedModel version = versions.find(model, number);
        AppliedModel inForce = versions.inForce(model);
        State state = versions.state(version);
        return new Diff(
                model,
                number,
                inForce.version(),
                state,
                ModelDiff.of(inForce.definition().model(), version.definition().model()),
                ChangeWork.of(inForce.definition(), version.definition()),
                state == State.READY ? Optional.of(versions.behind(version)) : Optional.empty(),
                state == State.READY ? Optional.of(sideBySide.numbers(inForce, version)) : Optional.empty());
    }

    @POST
    @Path("/{version: \\d+}:promote")
    @Operation(
            summary = "Put a version in force",
            description = "In one step: every answer is from the one version or from the other.")
    @APIResponse(responseCode = "200", description = "It is in force")
    @APIResponse(
            responseCode = "202",
            description = "A job puts it back in force; Location is where it can be followed")
    @APIResponse(responseCode = "409", description = "REFUSED: its history is not computed, or its run is behind")
    public Response promote(@PathParam("model") String model, @PathParam("version") long number) {
        AppliedModel version = versions.find(model, number);
        Optional<Job> job = versions.promote(version);
        return job.map(JobDocument::accepted)
                .orElseGet(() -> Response.ok(VersionDocument.of(version, versions.state(version)))
                        .build());
    }
}
