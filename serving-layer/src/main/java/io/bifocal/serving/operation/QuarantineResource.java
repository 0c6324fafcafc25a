package io.bifocal.serving.operation;

import io.bifocal.core.job.Job;
import io.bifocal.core.ledger.Quarantined;
import io.bifocal.serving.catalog.Models;
import io.bifocal.serving.jobs.JobDocument;
import io.bifocal.serving.jobs.JobRequests;
import io.bifocal.serving.storage.Storage;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The records that could not become events. */
@Path("/api/v1/models")
@Tag(name = "Operation")
@Produces(MediaType.APPLICATION_JSON)
public class QuarantineResource {
    private static final int MOST = 10_000;

    private final Models models;
    private final Storage storage;
    private final JobRequests jobs;

    QuarantineResource(Models models, Storage storage, JobRequests jobs) {
        this.models = models;
        this.storage = storage;
        this.jobs = jobs;
    }

    /**
     * The latest of them.
     *
     * @param total how many there are
     */
    public record Quarantine(long total, List<QuarantinedDocument> data) {}

    /** One record, with its Kafka position. */
    public record QuarantinedDocument(
            int partition, long offset, String topicId, Instant arrivedAt, String reason, String raw) {
        static QuarantinedDocument of(Quarantined record) {
            return new QuarantinedDocument(
                    record.partition(),
                    record.offset(),
                    record.topicId(),
                    record.arrivedAt(),
                    record.reason(),
                    record.raw());
        }
    }

    @GET
    @Path("/{model}/quarantine")
    @Operation(
            summary = "Quarantined records",
            description = "Records that did not parse, lack their time, or fail a type; the latest first.")
    public Quarantine quarantine(
            @PathParam("model") String model,
            @QueryParam("limit") @DefaultValue("100") String limit,
            @Context UriInfo address) {
        KnownParameters.require(address, List.of("limit"));
        models.find(model);
        int most = Limits.parse(limit, MOST);
        List<Quarantined> page = most == 0 ? List.of() : storage.quarantine().page(model, most);
        return new Quarantine(
                storage.quarantine().count(model),
                page.stream().map(QuarantinedDocument::of).toList());
    }

    @POST
    @Path("/{model}/quarantine:reprocess")
    @Operation(
            summary = "Release quarantined records",
            description =
                    "Computes all history with the version of the model that was applied last, and puts it in force in"
                            + " one step: records that it can read count from then on, once, where they stand in Kafka, and leave"
                            + " the quarantine. Their restatements have the cause reprocessed.")
    @APIResponse(responseCode = "202", description = "The job that does it; Location is where it can be followed")
    public Response reprocess(@PathParam("model") String model, @HeaderParam("Idempotency-Key") String key) {
        models.find(model);
        Job job = jobs.create(
                Map.of("type", "backfill", "model", model, "promote", true, "reprocess", true),
                Optional.ofNullable(key));
        return JobDocument.accepted(job);
    }
}
