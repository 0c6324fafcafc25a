package io.bifocal.serving.prometheus;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.serving.prometheus.MetricNames.Named;
import io.bifocal.serving.prometheus.PrometheusDocuments.Data;
import io.bifocal.serving.prometheus.PrometheusDocuments.Metadata;
import io.bifocal.serving.prometheus.PrometheusDocuments.Result;
import io.bifocal.serving.prometheus.PrometheusDocuments.Success;
import io.bifocal.serving.prometheus.SeriesReader.Interval;
import io.bifocal.serving.prometheus.SeriesReader.Series;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * As much of Prometheus' HTTP API as charts need. Faults have Prometheus' shape here, because its clients show no other.
 */
@Path("/api/v1/prometheus/api/v1")
@Tag(name = "Prometheus", description = "For clients of Prometheus, such as Grafana: metrics are called model_metric")
@Produces(MediaType.APPLICATION_JSON)
@APIResponse(
        responseCode = "200",
        description = "In Prometheus' shape",
        content = @Content(schema = @Schema(implementation = Success.class)))
@Blocking
public class PrometheusResource {
    private static final String FORM = MediaType.APPLICATION_FORM_URLENCODED;
    private static final int MOST_POINTS = 11_000;
    private static final long LOOK_BACK_SECONDS = 300;

    private final MetricNames metrics;
    private final SeriesReader reader;
    private final Clock clock;

    PrometheusResource(MetricNames metrics, SeriesReader reader, Clock clock) {
        this.metrics = metrics;
        this.reader = reader;
        this.clock = clock;
    }

    @GET
    @Path("/query_range")
    @Operation(summary = "A metric over time", description = "A point for each bucket that has events.")
    @Parameter(
            name = "query",
            in = ParameterIn.QUERY,
            required = true,
            example = "retail_units{country=~\"France|Germany\"}")
    @Parameter(name = "start", in = ParameterIn.QUERY, required = true, example = "2010-12-01T00:00:00Z")
    @Parameter(name = "end", in = ParameterIn.QUERY, required = true, example = "2010-12-03T00:00:00Z")
    @Parameter(name = "step", in = ParameterIn.QUERY, required = true, example = "1h")
    public Response range(@Context UriInfo uri) {
        return answered(uri.getQueryParameters(), this::range);
    }

    @POST
    @Path("/query_range")
    @Consumes(FORM)
    @Operation(hidden = true)
    public Response range(@Context UriInfo uri, MultivaluedMap<String, String> form) {
        return answered(both(uri, form), this::range);
    }

    @GET
    @Path("/query")
    @Operation(
            summary = "A metric now, or at a time",
            description = "The latest bucket that begins at most five minutes before.")
    @Parameter(name = "query", in = ParameterIn.QUERY, required = true, example = "1+1")
    @Parameter(name = "time", in = ParameterIn.QUERY, example = "2010-12-01T10:30:00Z")
    public Response instant(@Context UriInfo uri) {
        return answered(uri.getQueryParameters(), this::instant);
    }

    @POST
    @Path("/query")
    @Consumes(FORM)
    @Operation(hidden = true)
    public Response instant(@Context UriInfo uri, MultivaluedMap<String, String> form) {
        return answered(both(uri, form), this::instant);
    }

    @GET
    @Path("/series")
    @Operation(summary = "The label sets that selectors find", description = "match[] may be repeated.")
    @Parameter(name = "match[]", in = ParameterIn.QUERY, required = true, example = "retail_units{country=~\".+\"}")
    public Response series(@Context UriInfo uri) {
        return answered(uri.getQueryParameters(), this::series);
    }

    @POST
    @Path("/series")
    @Consumes(FORM)
    @Operation(hidden = true)
    public Response series(@Context UriInfo uri, MultivaluedMap<String, String> form) {
        return answered(both(uri, form), this::series);
    }

    @GET
    @Path("/labels")
    @Operation(summary = "The labels that there are", description = "The dimensions of the models.")
    public Response labels(@Context UriInfo uri) {
        return answered(uri.getQueryParameters(), this::labels);
    }

    @POST
    @Path("/labels")
    @Consumes(FORM)
    @Operation(hidden = true)
    public Response labels(@Context UriInfo uri, MultivaluedMap<String, String> form) {
        return answered(both(uri, form), this::labels);
    }

    @GET
    @Path("/label/{label}/values")
    @Operation(summary = "The values of a label", description = "Those of __name__ are the metrics.")
    @Parameter(name = "label", in = ParameterIn.PATH, example = "country")
    public Response values(@PathParam("label") String label, @Context UriInfo uri) {
        return answered(uri.getQueryParameters(), parameters -> values(label, parameters));
    }

    @GET
    @Path("/metadata")
    @Operation(summary = "What the metrics are", description = "Their descriptions and units.")
    public Response metadata(@Context UriInfo uri) {
        return answered(uri.getQueryParameters(), this::metadata);
    }

    private Success range(Parameters parameters) {
        Interval interval = new Interval(parameters.time("start"), parameters.time("end"));
        double step = parameters.duration("step");
        if (interval.end() < interval.start()) {
            throw bad("end is before start.", "Let start be before end.");
        }
        if ((interval.end() - interval.start()) / step > MOST_POINTS) {
            throw bad("The step gives more than " + MOST_POINTS + " points.", "Ask for a longer step.");
        }
        List<String> warnings = new ArrayList<>();
        List<Series> series = read(selector(parameters), interval, step, warnings);
        return new Success(
                new Data("matrix", series.stream().map(Result::matrix).toList()), warnings);
    }

    private Success instant(Parameters parameters) {
        long time =
                parameters.optionalTime("time").orElseGet(() -> clock.instant().getEpochSecond());
        if (ExpressionParser.parse(parameters.one("query")) instanceof Expression.Scalar scalar) {
            return new Success(new Data("scalar", List.of(time, Double.toString(scalar.value()))), List.of());
        }
        List<String> warnings = new ArrayList<>();
        List<Series> series = read(selector(parameters), new Interval(time - LOOK_BACK_SECONDS, time), 0, warnings);
        return new Success(
                new Data("vector", series.stream().map(Result::vector).toList()), warnings);
    }

    private List<Series> read(
            Expression.Selector selector, Interval interval, double step, Collection<String> warnings) {
        List<Named> found = metrics.selected(selector);
        if (found.isEmpty()) {
            warnings.add("There is no metric " + selector.name().orElse("of such a name")
                    + "; /label/__name__/values lists them.");
        }
        Set<String> told = new LinkedHashSet<>();
        List<Series> series = found.stream()
                .flatMap(named -> reader.read(named, selector.conditions(), interval, step, told).stream())
                .toList();
        warnings.addAll(told);
        return series;
    }

    private static Expression.Selector selector(Parameters parameters) {
        return ExpressionParser.parseSelector(parameters.one("query"));
    }

    private Success series(Parameters parameters) {
        List<Map<String, String>> sets = new ArrayList<>();
        List<Expression.Selector> selectors = parameters.selectors();
        if (selectors.isEmpty()) {
            throw bad("match[] is missing.", "Name at least one metric, as in match[]=model_metric.");
        }
        for (Expression.Selector selector : selectors) {
            for (Named named : metrics.selected(selector)) {
                sets.addAll(reader.labelSets(named, selector.conditions(), List.of(), parameters.interval()));
            }
        }
        return new Success(sets.stream().distinct().toList(), List.of());
    }

    private Success labels(Parameters parameters) {
        Set<String> labels = new TreeSet<>(Set.of(Matcher.NAME));
        matched(parameters).forEach(named -> labels.addAll(named.dimensions()));
        return new Success(List.copyOf(labels), List.of());
    }

    private Success values(String label, Parameters parameters) {
        Set<String> values = new TreeSet<>();
        if (label.equals(Matcher.NAME)) {
            matched(parameters).map(Named::name).forEach(values::add);
            return new Success(List.copyOf(values), List.of());
        }
        List<Expression.Selector> selectors = parameters.selectors();
        if (selectors.isEmpty()) {
            // A model's metrics all have the same dimensions: one of each is asked.
            Map<String, Named> one = new TreeMap<>();
            metrics.all()
                    .forEach(named -> one.putIfAbsent(named.definition().model().name(), named));
            one.values().forEach(named -> values.addAll(values(named, List.of(), label, parameters)));
        }
        for (Expression.Selector selector : selectors) {
            metrics.selected(selector)
                    .forEach(named -> values.addAll(values(named, selector.conditions(), label, parameters)));
        }
        return new Success(List.copyOf(values), List.of());
    }

    private List<String> values(Named named, List<Matcher> conditions, String label, Parameters parameters) {
        if (!named.dimensions().contains(label)) {
            return List.of();
        }
        return reader.labelSets(named, conditions, List.of(label), parameters.interval()).stream()
                .flatMap(set -> Stream.ofNullable(set.get(label)))
                .toList();
    }

    private Stream<Named> matched(Parameters parameters) {
        List<Expression.Selector> selectors = parameters.selectors();
        return selectors.isEmpty()
                ? metrics.all().stream()
                : selectors.stream().flatMap(selector -> metrics.selected(selector).stream());
    }

    private Success metadata(Parameters parameters) {
        Map<String, List<Metadata>> all = new TreeMap<>();
        metrics.all()
                .forEach(named -> all.put(
                        named.name(),
                        List.of(new Metadata(
                                "gauge",
                                named.metric().description(),
                                named.metric().unit()))));
        parameters.optional("metric").ifPresent(metric -> all.keySet().retainAll(Set.of(metric)));
        return new Success(all, List.of());
    }

    private static Response answered(MultivaluedMap<String, String> parameters, Function<Parameters, Success> answer) {
        try {
            return Response.ok(answer.apply(new Parameters(parameters))).build();
        } catch (BifocalException fault) {
            return PrometheusDocuments.response(fault);
        }
    }

    private static MultivaluedMap<String, String> both(UriInfo uri, MultivaluedMap<String, String> form) {
        MultivaluedMap<String, String> all = new MultivaluedHashMap<>(uri.getQueryParameters());
        form.forEach((name, values) -> all.addAll(name, values));
        return all;
    }

    private static BifocalException bad(String problem, String remedy) {
        return Errors.of(ErrorCode.BAD_QUERY, problem, remedy);
    }
}
