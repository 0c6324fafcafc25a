package io.bifocal.serving.openapi;

import io.bifocal.serving.problem.Problem;
import java.util.List;
import java.util.Map;
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
        api.getComponents().addSchema(PROBLEM, problem()).addSchema(FAILURE, failure());
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
