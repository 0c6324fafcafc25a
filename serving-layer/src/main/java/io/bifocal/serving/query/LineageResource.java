package io.bifocal.serving.query;

import io.bifocal.core.query.Cell;
import io.bifocal.core.query.QueryEngine;
import io.bifocal.core.query.QueryParameters;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/** Tells where one number of an answer comes from. */
@Path("/api/v1/lineage")
@Blocking
@Produces(MediaType.APPLICATION_JSON)
public class LineageResource {
    private final QueryEngine engine;

    LineageResource(QueryEngine engine) {
        this.engine = engine;
    }

    @GET
    @Operation(
            summary = "Where one number of an answer comes from",
            description =
                    "Takes the parameters of GET /query, or the token of an answer, and names one cell of it: its metric,"
                            + " and its row by cell=name:value for each of the row's time and dimensions; a name alone"
                            + " is null. The value is told as a whole and for each part that holds some of its events,"
                            + " with the part's Kafka positions and, of a generation, the archive's version.")
    @Parameter(name = "model", in = ParameterIn.QUERY, example = "retail")
    @Parameter(name = "metric", in = ParameterIn.QUERY, example = "revenue")
    @Parameter(name = "dimensions", in = ParameterIn.QUERY, example = "country")
    @Parameter(
            name = "granularity",
            in = ParameterIn.QUERY,
            description = "with it a row has a time, which names the cell too")
    @Parameter(name = "answer", in = ParameterIn.QUERY, description = "instead of a query: the token of its answer")
    @Parameter(name = "cell", in = ParameterIn.QUERY, example = "country:France", description = "repeated")
    public LineageDocument lineage(@Context UriInfo uri) {
        Map<String, List<String>> parameters = new LinkedHashMap<>(uri.getQueryParameters());
        List<String> cell = Optional.ofNullable(parameters.remove("cell")).orElse(List.of());
        Optional<List<String>> metric = Optional.ofNullable(parameters.remove("metric"));
        if (!parameters.containsKey("answer")) {
            metric.ifPresent(name -> parameters.put("metrics", name));
        }
        return LineageDocument.of(
                engine.lineage(QueryParameters.parse(parameters), Cell.parse(metric.map(names -> names.get(0)), cell)));
    }
}
