package io.bifocal.serving.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bifocal.core.job.Job;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A job as the API shows it.
 *
 * @param progress 0 to 1
 * @param error why it failed; null where it did not
 * @param message what it is doing, or did last
 * @param spec what was asked
 * @param result what it brought about
 */
public record JobDocument(
        String id,
        String type,
        String model,
        Job.State state,
        double progress,
        @Schema(nullable = true) String error,
        String message,
        Map<String, Object> spec,
        Map<String, Object> result,
        boolean cancelRequested,
        Instant createdAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) Instant startedAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) Instant finishedAt) {

    /** The answer to whoever asked for a job: where to see how far it is. */
    public static Response accepted(Job job) {
        return Response.accepted(of(job))
                .location(URI.create("/api/v1/jobs/" + job.id()))
                .build();
    }

    public static JobDocument of(Job job) {
        return new JobDocument(
                job.id(),
                job.type().name().toLowerCase(Locale.ROOT),
                job.model(),
                job.state(),
                job.progress(),
                job.error().orElse(null),
                job.message(),
                job.spec(),
                job.result(),
                job.cancelRequested(),
                job.createdAt(),
                job.startedAt().orElse(null),
                job.finishedAt().orElse(null));
    }
}
