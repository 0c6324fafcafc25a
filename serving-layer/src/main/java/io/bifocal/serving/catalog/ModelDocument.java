package io.bifocal.serving.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bifocal.cassandra.ModelCatalog.AppliedModel;
import io.bifocal.core.aggregate.Aggregates;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.DerivedMetric;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.RatioMetric;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;
import java.util.List;
import java.util.Optional;

/**
 * A model as the API shows it.
 *
 * @param version of the model, from 1
 * @param inForce whether answers are given with it; false where its history has to be computed first
 * @param hash of what its stored numbers depend on
 * @param yaml its file, as it was applied
 */
public record ModelDocument(
        String name,
        String description,
        Model.Source source,
        List<String> identity,
        List<ColumnDocument> columns,
        List<DimensionDocument> dimensions,
        List<MetricDocument> metrics,
        List<RollupDocument> rollups,
        long version,
        boolean inForce,
        String hash,
        String yaml) {

    /** A column of the events. */
    public record ColumnDocument(String name, String type, List<String> path) {}

    /** A dimension, and the type that its expression has. */
    public record DimensionDocument(String name, String type, String expr, String description) {}

    /**
     * A metric.
     *
     * @param type simple, ratio or derived
     * @param valueType of its numbers; of a derived metric, answers say it
     * @param definition what the model file says about how it is computed
     */
    public record MetricDocument(
            String name,
            String type,
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> valueType,
            String unit,
            String description,
            Computation definition) {}

    /** How a metric is computed, as its model file says. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Computation(
            Optional<String> agg,
            Optional<String> expr,
            Optional<String> filter,
            Optional<Double> percentile,
            Optional<String> numerator,
            Optional<String> denominator) {}

    /** A grain at which views are kept. */
    public record RollupDocument(String name, String granularity, String zone, List<String> dimensions, int shards) {}

    static ModelDocument of(AppliedModel version, boolean inForce) {
        Definition definition = version.definition();
        Model model = definition.model();
        return new ModelDocument(
                model.name(),
                model.description(),
                model.source(),
                model.identity(),
                model.columns().stream()
                        .map(column ->
                                new ColumnDocument(column.name(), column.type().toString(), column.path()))
                        .toList(),
                model.dimensions().stream()
                        .map(dimension -> new DimensionDocument(
                                dimension.name(),
                                definition
                                        .dimensionTypes()
                                        .get(dimension.name())
                                        .toString(),
                                dimension.expr(),
                                dimension.description()))
                        .toList(),
                model.metrics().stream()
                        .map(metric -> metric(definition, metric))
                        .toList(),
                model.rollups().stream()
                        .map(rollup -> new RollupDocument(
                                rollup.name(),
                                rollup.granularity().text(),
                                rollup.zone().getId(),
                                rollup.dimensions(),
                                rollup.shards()))
                        .toList(),
                version.version(),
                inForce,
                version.hash(),
                model.yaml());
    }

    private static MetricDocument metric(Definition definition, Metric metric) {
        if (metric instanceof SimpleMetric simple) {
            ValueType type = Aggregates.of(simple, definition.inputTypes().get(simple.name()))
                    .resultType();
            return document(metric, "simple", Optional.of(type), simple(simple));
        }
        if (metric instanceof RatioMetric ratio) {
            return document(metric, "ratio", Optional.of(ValueType.DOUBLE), ratio(ratio));
        }
        return document(metric, "derived", Optional.empty(), derived((DerivedMetric) metric));
    }

    private static MetricDocument document(
            Metric metric, String type, Optional<ValueType> valueType, Computation computation) {
        return new MetricDocument(
                metric.name(),
                type,
                valueType.map(ValueType::toString),
                metric.unit(),
                metric.description(),
                computation);
    }

    private static Computation simple(SimpleMetric metric) {
        return new Computation(
                Optional.of(metric.aggregation()),
                metric.expr(),
                metric.filter(),
                metric.percentile(),
                Optional.empty(),
                Optional.empty());
    }

    private static Computation ratio(RatioMetric metric) {
        return new Computation(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(metric.numerator()),
                Optional.of(metric.denominator()));
    }

    private static Computation derived(DerivedMetric metric) {
        return new Computation(
                Optional.empty(),
                Optional.of(metric.expr()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
