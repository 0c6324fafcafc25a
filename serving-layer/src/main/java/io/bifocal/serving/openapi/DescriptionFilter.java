package io.bifocal.serving.openapi;

import io.bifocal.core.reconciliation.Cause;
import io.bifocal.serving.problem.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.MediaType;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** Says in one place what is so of every operation: what it answers with when it refuses, and that parameters are texts. */
public final class DescriptionFilter implements OASFilter {
    private static final String PROMETHEUS = "/api/v1/prometheus/";
    private static final String PROBLEM = "Problem";
    /** Otherwise Jackson's tree would be described as an object with the fields of its class. */
    private static final String JSON = "JsonNode";
    /** Of a restatement; the core knows no annotations that would say how it is written. */
    private static final String CONTRIBUTION = "Contribution";

    private static final String FAILURE = "PrometheusFailure";
    private static final Map<String, String> STATUSES = Map.of(
            "400", "Malformed",
            "404", "Nothing is there",
            "405", "Not this method",
            "406", "No such form",
            "413", "Too large",
            "415", "Not this Content-Type",
            "422", "Understood, and not possible",
            "503", "Not now; see Retry-After");

    @Override
    public void filterOpenAPI(OpenAPI api) {
        if (api.getComponents() == null) {
            api.setComponents(OASFactory.createComponents());
        }
        api.getComponents()
                .addSchema(PROBLEM, problem())
                .addSchema(FAILURE, failure())
                .addSchema(JSON, OASFactory.createSchema().description("Any JSON: a number, a text, an object, null."))
                .addSchema(CONTRIBUTION, contribution());
        api.getPaths().getPathItems().forEach((path, item) -> {
            if (path.startsWith("/api/")) {
                item.getOperations().forEach((method, operation) -> refusals(path, operation));
            }
        });
    }

    @Override
    public Parameter filterParameter(Parameter parameter) {
        if (parameter.getSchema() == null && parameter.getContent() == null) {
            parameter.setSchema(OASFactory.createSchema().addType(SchemaType.STRING));
        }
        return parameter;
    }

    private static void refusals(String path, Operation operation) {
        if (operation.getResponses() == null) {
            operation.setResponses(OASFactory.createAPIResponses());
        }
        STATUSES.forEach((status, description) -> {
            if (!operation.getResponses().hasAPIResponse(status)) {
                operation.getResponses().addAPIResponse(status, response(path, description));
            } else if (operation.getResponses().getAPIResponse(status).getContent() == null) {
                APIResponse documented = operation.getResponses().getAPIResponse(status);
                documented.setContent(response(path, "").getContent());
            }
        });
        operation.getResponses().setDefaultValue(response(path, "Refused otherwise"));
    }

    private static Schema contribution() {
        List<Object> causes = Arrays.stream(Cause.values()).map(Cause::text).collect(Collectors.toList());
        return OASFactory.createSchema()
                .addType(SchemaType.OBJECT)
                .addProperty(
                        "cause",
                        OASFactory.createSchema().addType(SchemaType.STRING).enumeration(causes))
                .addProperty(
                        "delta",
                        OASFactory.createSchema()
                                .addType(SchemaType.NUMBER)
                                .addType(SchemaType.NULL)
                                .description("What the cause did to the number; null where values are no numbers."));
    }

    private static APIResponse response(String path, String description) {
        boolean prometheus = path.startsWith(PROMETHEUS);
        APIResponse response = OASFactory.createAPIResponse().description(description);
        response.setContent(OASFactory.createContent().addMediaType(Problem.MEDIA_TYPE, media(PROBLEM)));
        if (prometheus) {
            response.getContent().addMediaType("application/json", media(FAILURE));
        }
        return response;
    }

    private static MediaType media(String schema) {
        return OASFactory.createMediaType().schema(OASFactory.createSchema().ref("#/components/schemas/" + schema));
    }

    private static Schema problem() {
        return object("An RFC 9457 problem document.", List.of("status", "code", "detail", "remedy"))
                .addProperty("type", of(SchemaType.STRING, "names the code, as a URN"))
                .addProperty("title", of(SchemaType.STRING, "of every problem with this code"))
                .addProperty("status", of(SchemaType.INTEGER, "as the response's"))
                .addProperty("code", of(SchemaType.STRING, "stable, for programs"))
                .addProperty("detail", of(SchemaType.STRING, "what is wrong this time"))
                .addProperty("remedy", of(SchemaType.STRING, "what would mend it"))
                .addProperty("values", of(SchemaType.OBJECT, "that are involved, by name"));
    }

    private static Schema failure() {
        return object("A fault in Prometheus' shape.", List.of("status", "errorType", "error"))
                .addProperty("status", of(SchemaType.STRING, "error"))
                .addProperty(
                        "errorType", of(SchemaType.STRING, "bad_data, execution, timeout, unavailable or internal"))
                .addProperty("error", of(SchemaType.STRING, "what is wrong, and what would mend it"));
    }

    private static Schema object(String description, List<String> required) {
        return of(SchemaType.OBJECT, description).required(required);
    }

    private static Schema of(SchemaType type, String description) {
        return OASFactory.createSchema().addType(type).description(description);
    }
}
