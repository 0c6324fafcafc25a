package io.bifocal.serving.events;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.serving.catalog.Models;
import io.bifocal.serving.events.EventBatch.Event;
import io.bifocal.serving.events.EventBatch.Rejected;
import io.bifocal.serving.kafka.EventPublisher;
import io.bifocal.serving.kafka.EventPublisher.Outcome;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Takes events in over HTTP. */
@Path("/api/v1/events/{model}")
@Tag(name = "Events")
@Produces(MediaType.APPLICATION_JSON)
public class EventsResource {
    /** Below the server's own limit, which cuts the connection without a word. */
    private static final int MOST_BYTES = 8 << 20;

    private final Models models;
    private final EventPublisher publisher;

    EventsResource(Models models, EventPublisher publisher) {
        this.models = models;
        this.publisher = publisher;
    }

    /** How many events Kafka has acknowledged, and what was none. */
    public record Receipt(int accepted, List<Rejected> rejected) {}

    @POST
    @Consumes({
        "application/x-ndjson",
        "application/ndjson",
        "application/json",
        "application/cloudevents+json",
        "application/cloudevents-batch+json"
    })
    @Operation(
            summary = "Publish events",
            description = "NDJSON, one JSON object, a CloudEvent (structured, or binary with its ce- headers) or a"
                    + " CloudEvents batch, whose data alone is the event. Answers when Kafka has acknowledged"
                    + " every accepted event. A line that is no JSON object is rejected; an event that does not"
                    + " fit the model is accepted, and quarantined.")
    @APIResponse(
            responseCode = "202",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            examples =
                                    @ExampleObject(
                                            name = "one of two",
                                            value = "{\"accepted\": 1, \"rejected\": [{\"line\": 2, \"reason\": \"not"
                                                    + " JSON\"}]}")))
    @APIResponse(responseCode = "503", description = "Kafka cannot take more at the moment; see Retry-After")
    public Response publish(
            @PathParam("model") String name,
            @Context HttpHeaders headers,
            @RequestBody(
                            content =
                                    @Content(
                                            mediaType = "application/x-ndjson",
                                            examples =
                                                    @ExampleObject(
                                                            name = "visits",
                                                            value =
                                                                    "{\"at\":\"2026-01-01T00:00:00Z\",\"page\":\"/\"}")))
                    byte[] body) {
        if (body.length > MOST_BYTES) {
            throw new ClientErrorException(Response.Status.REQUEST_ENTITY_TOO_LARGE);
        }
        String topic = models.find(name).model().source().topic();
        EventBatch batch = format(headers).read(body);
        Outcome outcome = publisher.publish(
                topic, batch.events().stream().map(Event::value).toList());
        requireAcknowledged(batch, outcome);
        return Response.accepted(receipt(batch, outcome)).build();
    }

    /** A CloudEvent in binary mode has its attributes in headers, and a body that is the event. */
    private static EventFormat format(HttpHeaders headers) {
        MediaType type = Optional.ofNullable(headers.getMediaType()).orElseThrow(NotSupportedException::new);
        EventFormat format = EventFormat.of(type.getType(), type.getSubtype());
        String version = headers.getHeaderString("ce-specversion");
        if (version == null) {
            return format;
        }
        if (format != EventFormat.JSON) {
            throw new NotSupportedException();
        }
        if (!version.equals("1.0")) {
            throw EventFormat.broken("ce-specversion is not 1.0.");
        }
        for (String attribute : EventFormat.ATTRIBUTES) {
            String value = headers.getHeaderString("ce-" + attribute);
            if (value == null || value.isEmpty()) {
                throw EventFormat.broken("The header ce-" + attribute + " is missing.");
            }
        }
        return format;
    }

    private static Receipt receipt(EventBatch batch, Outcome outcome) {
        List<Rejected> rejected = new ArrayList<>(batch.rejected());
        outcome.refused()
                .forEach((index, reason) ->
                        rejected.add(new Rejected(batch.events().get(index).line(), reason)));
        rejected.sort(Comparator.comparingInt(Rejected::line));
        return new Receipt(batch.events().size() - outcome.refused().size(), rejected);
    }

    private static void requireAcknowledged(EventBatch batch, Outcome outcome) {
        if (outcome.unacknowledged().isEmpty()) {
            return;
        }
        List<Integer> lines = outcome.unacknowledged().stream()
                .map(index -> batch.events().get(index).line())
                .toList();
        int acknowledged =
                batch.events().size() - lines.size() - outcome.refused().size();
        throw Errors.of(
                ErrorCode.UNAVAILABLE,
                "Kafka acknowledged " + acknowledged + " of " + batch.events().size() + " events: " + outcome.problem(),
                "Send the lines that values.lines names again, after the seconds that Retry-After names; those that"
                        + " were on their way may arrive yet.",
                Map.of("acknowledged", acknowledged, "lines", lines));
    }
}
