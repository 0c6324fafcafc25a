package io.bifocal.serving.jobs;

import io.bifocal.serving.sse.Heartbeat;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What one follower of a job has been told already. Not thread-safe: it looks again when it is done with a look. */
final class JobFollower {
    /** Lines that a job's process wrote. */
    record LogLines(List<String> lines) {}

    private static final String LOG = "log";

    private final Supplier<JobDocument> job;
    private final JobLogs logs;
    private final Sse sse;
    private final Heartbeat heartbeat;
    private Optional<JobDocument> told = Optional.empty();
    private long read;

    JobFollower(Supplier<JobDocument> job, JobLogs logs, Sse sse) {
        this.job = job;
        this.logs = logs;
        this.sse = sse;
        this.heartbeat = new Heartbeat(sse);
    }

    /** What is new since the last look; empty stands for the end. */
    List<Optional<OutboundSseEvent>> look() {
        JobDocument now = job.get();
        boolean ended = now.state().ended();
        List<Optional<OutboundSseEvent>> events = new ArrayList<>();
        JobLogs.Piece piece = logs.read(now.id(), read);
        while (!piece.lines().isEmpty()) {
            events.add(Optional.of(event(LOG, LogLines.class, new LogLines(piece.lines()))));
            read = piece.next();
            piece = ended ? logs.read(now.id(), read) : new JobLogs.Piece(List.of(), read);
        }
        if (!told.equals(Optional.of(now))) {
            told = Optional.of(now);
            events.add(Optional.of(event(null, JobDocument.class, now)));
        }
        heartbeat.unless(!events.isEmpty()).ifPresent(beat -> events.add(Optional.of(beat)));
        if (ended) {
            events.add(Optional.empty());
        }
        return events;
    }

    private <T> OutboundSseEvent event(String name, Class<T> type, T data) {
        OutboundSseEvent.Builder event =
                sse.newEventBuilder().mediaType(MediaType.APPLICATION_JSON_TYPE).data(type, data);
        return (name == null ? event : event.name(name)).build();
    }
}
