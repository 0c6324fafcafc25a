package io.bifocal.serving.jobs;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.job.Job;
import io.bifocal.serving.storage.Storage;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Work that takes longer than a request. */
@Path("/api/v1/jobs")
@Tag(name = "Jobs")
@Produces(MediaType.APPLICATION_JSON)
public class JobsResource {
    private static final int LISTED = 200;
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Storage storage;
    private final JobRequests requests;
    private final JobLogs logs;

    JobsResource(Storage storage, JobRequests requests, JobLogs logs) {
        this.storage = storage;
        this.requests = requests;
        this.logs = logs;
    }

    /** Several jobs, the latest first. */
    public record JobList(List<JobDocument> data) {}

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Ask for a job",
            description =
                    "A recompute, backfill, reconcile, replay, erase or rollback. A recompute covers everything that Kafka has"
                            + " acknowledged by now, whatever waiting that needs, and publishes a new generation in one step. With the header Idempotency-Key, a retry returns the"
                            + " same job.")
    @APIResponse(responseCode = "202", description = "The job; Location is where it can be followed")
    public Response create(
            @HeaderParam("Idempotency-Key") String key,
            @RequestBody(
                            content =
                                    @Content(
                                            examples =
                                                    @ExampleObject(
                                                            name = "recompute",
                                                            value =
                                                                    "{\"type\": \"recompute\", \"model\": \"retail\"}")))
                    Map<String, Object> request) {
        if (request == null) {
            throw Errors.of(ErrorCode.BAD_REQUEST, "The body is empty.", "Say which type of job, and of which model.");
        }
        Job job = requests.create(request, Optional.ofNullable(key).filter(text -> !text.isBlank()));
        return JobDocument.accepted(job);
    }

    @GET
    @Operation(summary = "List jobs", description = "The latest first.")
    public JobList list() {
        return new JobList(
                storage.jobs().newest(LISTED).stream().map(JobDocument::of).toList());
    }

    @GET
    @Path("/{id}")
    @Operation(summary = "Show a job", description = "Its state and how far it is.")
    public JobDocument show(@PathParam("id") String id) {
        return JobDocument.of(find(id));
    }

    @DELETE
    @Path("/{id}")
    @Operation(
            summary = "Cancel a job",
            description =
                    "At once where it is queued; a running one is told to stop, and publishes nothing. One that has begun to"
                            + " publish, or to erase, goes on to its end.")
    @APIResponse(
            responseCode = "200",
            description = "The job as it is now",
            content = @Content(schema = @Schema(implementation = JobDocument.class)))
    @APIResponse(responseCode = "409", description = "REFUSED: it has ended, or goes on to its end")
    public JobDocument cancel(@PathParam("id") String id) {
        Job job = find(id);
        if (job.state() == Job.State.CANCELLED) {
            return JobDocument.of(job);
        }
        return storage.jobs().requestCancel(id).map(JobDocument::of).orElseThrow(() -> tooLate(find(id)));
    }

    private static BifocalException tooLate(Job job) {
        Map<String, Object> values = Map.of("job", job.id());
        if (job.state().ended()) {
            return Errors.of(
                    ErrorCode.REFUSED,
                    "Job " + job.id() + " has ended: " + job.state() + ".",
                    "Only queued and running jobs can be cancelled.",
                    values);
        }
        return Errors.of(
                ErrorCode.REFUSED,
                "Job " + job.id() + " is at what is not half undone, and goes on to its end.",
                job.type() == Job.Type.ERASE
                        ? "Wait for it; what is erased stays erased."
                        : "Wait for it, and put back in force what was before: a generation by a rollback, a version by promoting it.",
                values);
    }

    @GET
    @Path("/{id}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            summary = "Follow a job",
            description =
                    "The job again whenever it changes, until it has ended; and as events named log what its process"
                            + " writes, as {\"lines\": […]}.")
    public Multi<OutboundSseEvent> follow(@PathParam("id") String id, @Context Sse sse) {
        JobFollower follower = new JobFollower(() -> show(id), logs, sse);
        show(id);
        Multi<Long> later = Multi.createFrom()
                .ticks()
                .every(LOOK)
                .onOverflow()
                .drop()
                .emitOn(Infrastructure.getDefaultWorkerPool());
        return Multi.createBy()
                .concatenating()
                .streams(Multi.createFrom().item(0L), later)
                .onItem()
                .transformToMultiAndConcatenate(tick -> Multi.createFrom().iterable(follower.look()))
                .select()
                .first(Optional::isPresent)
                .map(Optional::orElseThrow);
    }

    private Job find(String id) {
        return storage.jobs()
                .find(id)
                .orElseThrow(() -> Errors.of(
                        ErrorCode.NOT_FOUND,
                        "There is no job " + id + ".",
                        "GET /api/v1/jobs lists them.",
                        Map.of("job", id)));
    }
}
