package io.bifocal.serving.query;

import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Explanation;
import io.bifocal.core.query.QueryEngine;
import io.bifocal.core.query.QueryParameters;
import io.bifocal.core.query.QueryParser;
import io.bifocal.core.query.Question;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Answers queries over HTTP, in the forms of {@link AnswerForm}. Its methods block, and so run on worker threads. */
@Path("/api/v1/query")
@Tag(name = "Query")
@Blocking
public class QueryResource {
    private static final String EXAMPLE =
            """
            {"model": "retail", "metrics": ["revenue", "units"], "dimensions": ["country"],
             "time": {"from": "2010-12-01T00:00:00Z", "to": "2010-12-08T00:00:00Z", "granularity": "day"},
             "filters": [{"dimension": "country", "operator": "equals", "values": ["France"]}],
             "order": [{"by": "revenue", "direction": "desc"}], "limit": 5}""";

    private final QueryEngine engine;
    private final QueryTimers timers;
    private final AnswerStream stream;

    QueryResource(QueryEngine engine, QueryTimers timers, AnswerStream stream) {
        this.engine = engine;
        this.timers = timers;
        this.stream = stream;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Produces({AnswerForm.JSON_TYPE, AnswerForm.CSV_TYPE, AnswerForm.NDJSON_TYPE, AnswerForm.ARROW_TYPE})
    @Operation(
            summary = "Answer a query",
            description =
                    "Or give an earlier answer again: {\"answer\": token}. With ?explain nothing is read, and the plan is"
                            + " the answer.")
    @Parameter(
            name = "explain",
            in = ParameterIn.QUERY,
            allowEmptyValue = true,
            description = "Tell the plan instead: rollup, partitions, rows, parts",
            schema = @Schema(type = SchemaType.BOOLEAN))
    @APIResponse(
            responseCode = "200",
            description =
                    "The rows. The forms without meta have it in headers; Arrow has it in the schema's metadata too.",
            content = {
                @Content(
                        mediaType = AnswerForm.JSON_TYPE,
                        schema = @Schema(anyOf = {AnswerSchema.class, Explanation.class})),
                @Content(mediaType = AnswerForm.CSV_TYPE, schema = @Schema(type = SchemaType.STRING)),
                @Content(mediaType = AnswerForm.NDJSON_TYPE, schema = @Schema(type = SchemaType.STRING)),
                @Content(
                        mediaType = AnswerForm.ARROW_TYPE,
                        schema = @Schema(type = SchemaType.STRING, format = "binary"))
            })
    public Response post(
            @RequestBody(
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON,
                                            schema = @Schema(type = SchemaType.OBJECT),
                                            examples = @ExampleObject(name = "query", value = EXAMPLE)))
                    String body,
            @Context UriInfo uri,
            @Context HttpHeaders headers) {
        Question question = QueryParser.parse(body);
        return uri.getQueryParameters().containsKey("explain")
                ? Response.ok(engine.explain(question), MediaType.APPLICATION_JSON_TYPE)
                        .build()
                : respond(question, headers);
    }

    @GET
    @Produces({AnswerForm.JSON_TYPE, AnswerForm.CSV_TYPE, AnswerForm.NDJSON_TYPE, AnswerForm.ARROW_TYPE})
    @Operation(
            summary = "Answer a query that is given as parameters",
            description =
                    "The parameters are model, metrics and dimensions (separated by commas), from, to, granularity, zone,"
                            + " fill, filter=dimension:operator:v1,v2 (repeated), order=by:direction, limit, require,"
                            + " maxStalenessMillis; or answer alone.")
    @Parameter(name = "model", in = ParameterIn.QUERY, example = "retail")
    @Parameter(name = "metrics", in = ParameterIn.QUERY, example = "revenue,units")
    @Parameter(name = "dimensions", in = ParameterIn.QUERY, example = "country")
    @Parameter(name = "from", in = ParameterIn.QUERY, example = "2010-12-01T00:00:00Z")
    @Parameter(name = "to", in = ParameterIn.QUERY, example = "2010-12-08T00:00:00Z")
    @Parameter(name = "granularity", in = ParameterIn.QUERY, example = "day")
    @Parameter(name = "zone", in = ParameterIn.QUERY, example = "UTC")
    @Parameter(name = "filter", in = ParameterIn.QUERY, example = "country:equals:France,Germany")
    @Parameter(name = "order", in = ParameterIn.QUERY, example = "revenue:desc")
    @Parameter(name = "limit", in = ParameterIn.QUERY, example = "5")
    @APIResponse(
            responseCode = "200",
            description =
                    "The rows. The forms without meta have it in headers; Arrow has it in the schema's metadata too.",
            content = {
                @Content(mediaType = AnswerForm.JSON_TYPE, schema = @Schema(implementation = AnswerSchema.class)),
                @Content(mediaType = AnswerForm.CSV_TYPE, schema = @Schema(type = SchemaType.STRING)),
                @Content(mediaType = AnswerForm.NDJSON_TYPE, schema = @Schema(type = SchemaType.STRING)),
                @Content(
                        mediaType = AnswerForm.ARROW_TYPE,
                        schema = @Schema(type = SchemaType.STRING, format = "binary"))
            })
    public Response get(@Context UriInfo uri, @Context HttpHeaders headers) {
        return respond(QueryParameters.parse(uri.getQueryParameters()), headers);
    }

    @GET
    @Path("/stream")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            summary = "Answer a query, and again whenever the answer changes",
            description =
                    "Takes the parameters of GET /query. Each event's data is a whole answer; an event named problem"
                            + " holds a problem document, after which the stream goes on.")
    public Multi<OutboundSseEvent> stream(@Context UriInfo uri, @Context Sse sse) {
        return stream.of(QueryParameters.parse(uri.getQueryParameters()), sse);
    }

    private Response respond(Question question, HttpHeaders headers) {
        AnswerForm form = AnswerForm.preferred(headers.getAcceptableMediaTypes());
        Answer answer = engine.answer(question);
        Answer.Meta meta = answer.meta();
        String model = QueryEngine.model(question);
        AnswerPieces pieces = new AnswerPieces(answer, form, nanos -> timers.encoded(model, meta.rollup(), nanos));
        // The forms that have rows alone must not hide where these come from, nor that some are missing.
        return Response.ok(pieces)
                .header(HttpHeaders.CONTENT_TYPE, form.contentType())
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                .header("Bifocal-Answer", meta.answer())
                .header("Bifocal-Generation", meta.generation())
                .header("Bifocal-Partial", meta.partial())
                .header("Bifocal-Warnings", AnswerJson.asciiText(meta.warnings()))
                .build();
    }
}
