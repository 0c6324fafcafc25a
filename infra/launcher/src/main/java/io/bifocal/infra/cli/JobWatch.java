package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.util.Set;

/** Follows a job to its end. */
final class JobWatch {
    private static final Set<String> ENDED = Set.of("SUCCEEDED", "FAILED", "CANCELLED");
    private static final long POLL_MILLIS = 300;

    private final Api api;
    private final Progress progress;
    private final Patience patience;

    JobWatch(Session session) {
        this.api = session.api();
        this.progress = session.progress();
        this.patience = new Patience(Patience.RESTARTS, progress::say);
    }

    /** Asks for a job; a retry finds the job that the first request made. */
    JsonNode start(JsonNode job, String idempotencyKey) {
        return patience.call(() -> api.post("/jobs", job, idempotencyKey));
    }

    /** The job once it has succeeded; a job that failed or was cancelled is a fault. */
    JsonNode await(String id) {
        JsonNode job = patience.call(() -> api.get("/jobs/" + Api.segment(id)));
        while (!ENDED.contains(job.path("state").asText())) {
            String description = description(job);
            progress.at(job.path("progress").asDouble(), () -> description);
            Patience.pause(POLL_MILLIS);
            job = patience.call(() -> api.get("/jobs/" + Api.segment(id)));
        }
        progress.close();
        requireSuccess(job);
        return job;
    }

    private static String description(JsonNode job) {
        return job.path("state").asText() + " " + job.path("message").asText("");
    }

    static void requireSuccess(JsonNode job) {
        if (!"SUCCEEDED".equals(job.path("state").asText())) {
            JsonNode error = job.path("error");
            String problem = Printer.text(error.isObject() ? error.path("detail") : error);
            String remedy = error.isObject() ? Printer.text(error.path("remedy")) : "";
            throw Errors.of(
                    ErrorCode.JOB_FAILED,
                    "Job " + job.path("id").asText() + " is "
                            + job.path("state").asText() + (problem.isEmpty() ? "." : ": " + problem),
                    remedy.isEmpty()
                            ? "See ./bifocal jobs show " + job.path("id").asText() + "."
                            : remedy);
        }
    }
}
