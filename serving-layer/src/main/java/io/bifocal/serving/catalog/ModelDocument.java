package io.bifocal.serving.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bifocal.cassandra.ModelCatalog.AppliedModel;
import io.bifocal.core.aggregate.MetricTypes;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.model.Model.DerivedMetric;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.RatioMetric;
import io.bifocal.core.model.Model.SimpleMetric;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
        List<ThresholdDocument> alerts,
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
     * @param type simple, ratio, derived or cumulative
     * @param valueType of its numbers
     * @param definition the keys of the model file that say how it is computed
     */
    public record MetricDocument(
            String name,
            String type,
            String valueType,
            String unit,
            String description,
            Map<String, Object> definition) {}

    /** A grain at which views are kept. */
    public record RollupDocument(String name, String granularity, String zone, List<String> dimensions, int shards) {}

    /**
     * What must not be exceeded.
     *
     * @param alert lag, freshness, imbalance, quarantine or drift
     * @param metric that it is for; absent where it is for all
     * @param threshold records, seconds or a share
     */
    public record ThresholdDocument(
            String alert, @JsonInclude(JsonInclude.Include.NON_NULL) String metric, double threshold) {}

    static ModelDocument of(AppliedModel version, boolean inForce) {
        Definition definition = version.definition();
        Model model = definition.model();
        MetricTypes types = new MetricTypes(definition);
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
                model.metrics().stream().map(metric -> metric(types, metric)).toList(),
                model.rollups().stream()
                        .map(rollup -> new RollupDocument(
                                rollup.name(),
                                rollup.granularity().text(),
                                rollup.zone().getId(),
                                rollup.dimensions(),
                                rollup.shards()))
                        .toList(),
                model.alerts().stream()
                        .map(threshold -> new ThresholdDocument(
                                threshold.alert().text(), threshold.metric().orElse(null), threshold.limit()))
                        .toList(),
                version.version(),
                inForce,
                version.hash(),
                model.yaml());
    }

    private static MetricDocument metric(MetricTypes types, Metric metric) {
        Map<String, Object> terms = new LinkedHashMap<>();
        String type = "derived";
        if (metric instanceof SimpleMetric simple) {
            type = "simple";
            terms.put("agg", simple.aggregation());
            simple.expr().ifPresent(expr -> terms.put("expr", expr));
            simple.filter().ifPresent(filter -> terms.put("filter", filter));
            simple.percentile().ifPresent(percentile -> terms.put("percentile", percentile));
        } else if (metric instanceof RatioMetric ratio) {
            type = "ratio";
            terms.put("numerator", ratio.numerator());
            terms.put("denominator", ratio.denominator());
        } else if (metric instanceof CumulativeMetric cumulative) {
            type = "cumulative";
            terms.put("input_metric", cumulative.inputMetric());
            cumulative.window().ifPresent(window -> terms.put("window", window.toString()));
            cumulative.grainToDate().ifPresent(grain -> terms.put("grain_to_date", grain.text()));
        } else if (metric instanceof DerivedMetric derived) {
            terms.put("expr", derived.expr());
            terms.put("input_metrics", derived.inputMetrics());
        }
        return new MetricDocument(
                metric.name(), type, types.of(metric).toString(), metric.unit(), metric.description(), terms);
    }
}
