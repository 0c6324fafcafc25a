package io.bifocal.serving.jobs;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.job.Schedule;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Jobs that are asked for again and again. */
@Path("/api/v1/schedules")
@Tag(name = "Jobs")
@Produces(MediaType.APPLICATION_JSON)
public class SchedulesResource {
    private static final int RUNS_SHOWN = 3;

    private final Schedules schedules;

    SchedulesResource(Schedules schedules) {
        this.schedules = schedules;
    }

    /** All schedules, by name. */
    public record ScheduleList(List<ScheduleDocument> data) {}

    /**
     * A schedule.
     *
     * @param job as {@code POST /jobs} takes it; its model may be {@code *}, for all
     * @param nextRuns the next few; none where it is disabled
     */
    public record ScheduleDocument(
            String name, Map<String, Object> job, String cron, String zone, boolean enabled, List<Instant> nextRuns) {}

    /** What is stored of a schedule under its name; zone UTC and enabled unless it says otherwise. */
    public record ScheduleRequest(Map<String, Object> job, String cron, String zone, Boolean enabled) {}

    @GET
    @Operation(summary = "List the schedules", description = "By name, each with its next runs.")
    public ScheduleList list() {
        return new ScheduleList(schedules.all().stream().map(this::document).toList());
    }

    @GET
    @Path("/{name}")
    @Operation(summary = "Show a schedule", description = "Its job, and when it runs next.")
    public ScheduleDocument show(@PathParam("name") String name) {
        return document(schedules.find(name));
    }

    @PUT
    @Path("/{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Set a schedule",
            description =
                    "Its runs begin with the next one from now on; those that are missed later are caught up by one.")
    public ScheduleDocument put(
            @PathParam("name") String name,
            @RequestBody(
                            content =
                                    @Content(
                                            examples =
                                                    @ExampleObject(
                                                            name = "nightly",
                                                            value =
                                                                    "{\"job\": {\"type\": \"recompute\", \"model\": \"retail\"},"
                                                                            + " \"cron\": \"0 2 * * *\", \"zone\": \"UTC\","
                                                                            + " \"enabled\": true}")))
                    ScheduleRequest request) {
        if (request == null || request.job() == null || request.cron() == null) {
            throw Errors.of(
                    ErrorCode.BAD_QUERY,
                    "The schedule lacks its " + (request == null || request.job() == null ? "job" : "cron") + ".",
                    "Send for example {\"job\": {\"type\": \"recompute\", \"model\": \"retail\"}, \"cron\": \"0 2 * * *\"}.");
        }
        String zone = request.zone() == null ? "UTC" : request.zone();
        boolean enabled = request.enabled() == null || request.enabled();
        return document(schedules.put(new Schedule(name, request.job(), request.cron(), zone, enabled)));
    }

    @DELETE
    @Path("/{name}")
    @Operation(summary = "Delete a schedule", description = "Jobs that it has asked for go on.")
    @APIResponse(responseCode = "204", description = "It is gone")
    public void delete(@PathParam("name") String name) {
        schedules.delete(name);
    }

    private ScheduleDocument document(Schedule schedule) {
        return new ScheduleDocument(
                schedule.name(),
                schedule.job(),
                schedule.cron(),
                schedule.zone(),
                schedule.enabled(),
                schedules.next(schedule, RUNS_SHOWN));
    }
}
