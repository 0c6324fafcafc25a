package io.bifocal.serving.events;

import io.bifocal.serving.catalog.Models;
import io.bifocal.serving.events.EventBatch.Event;
import io.bifocal.serving.events.EventBatch.Rejected;
import io.bifocal.serving.kafka.EventPublisher;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
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
            description = "NDJSON, one JSON object, a CloudEvent or a CloudEvents batch. Answers when Kafka has"
                    + " acknowledged every accepted event. A line that is no JSON object is rejected; an event that"
                    + " does not fit the model is accepted, and quarantined.")
    @APIResponse(
            responseCode = "202",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            examples =
                                    @ExampleObject(
                                            name = "one of two",
                                            value =
                                                    "{\"accepted\": 1, \"rejected\": [{\"line\": 2, \"reason\": \"not JSON\"}]}")))
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
            throw new WebApplicationException(Response.Status.REQUEST_ENTITY_TOO_LARGE);
        }
        String topic = models.find(name).model().source().topic();
        MediaType type = headers.getMediaType();
        EventBatch batch = EventFormat.of(type.getType(), type.getSubtype()).read(body);
        publisher.publish(topic, batch.events().stream().map(Event::value).toList());
        return Response.accepted(new Receipt(batch.events().size(), batch.rejected()))
                .build();
    }
}
