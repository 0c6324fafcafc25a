package io.bifocal.core.query;

import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DerivedExpression;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.model.Model.DerivedMetric;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.RatioMetric;
import io.bifocal.core.model.Model.SimpleMetric;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the metrics of a definition are computed from. */
final class MetricInputs {
    private final Map<String, Metric> metrics = new HashMap<>();
    private final Map<String, Integer> places = new HashMap<>();
    private final Map<String, DerivedExpression> expressions = new HashMap<>();

    MetricInputs(Definition definition) {
        definition.model().metrics().forEach(metric -> metrics.put(metric.name(), metric));
        definition.model().simpleMetrics().forEach(metric -> places.put(metric.name(), places.size()));
    }

    Metric metric(String name) {
        return Optional.ofNullable(metrics.get(name)).orElseThrow();
    }

    /** The place of a simple metric's state in a view's rows. */
    int index(Metric metric) {
        return places.get(metric.name());
    }

    DerivedExpression expression(DerivedMetric metric) {
        return expressions.computeIfAbsent(metric.name(), name -> DerivedExpression.parse(metric.expr()));
    }

    /** The metrics that a metric of the same row is computed from; what a cumulative one cumulates is not of the same row. */
    List<Metric> inputs(Metric metric) {
        if (metric instanceof RatioMetric ratio) {
            return List.of(metric(ratio.numerator()), metric(ratio.denominator()));
        }
        return metric instanceof DerivedMetric derived
                ? expression(derived).names().stream().map(this::metric).toList()
                : List.of();
    }

    /** The cumulative metrics among these and what they are computed from. */
    List<CumulativeMetric> cumulative(List<String> names) {
        return reached(names).stream()
                .filter(CumulativeMetric.class::isInstance)
                .map(CumulativeMetric.class::cast)
                .toList();
    }

    /** Which states of a view's rows these metrics need of their own row. */
    boolean[] wanted(List<String> names) {
        boolean[] wanted = new boolean[places.size()];
        reached(names).stream().filter(SimpleMetric.class::isInstance).forEach(metric -> wanted[index(metric)] = true);
        return wanted;
    }

    /** The simple metrics that a metric is computed from in its own row; of a simple one itself. */
    List<String> simple(String name) {
        return reached(List.of(name)).stream()
                .filter(SimpleMetric.class::isInstance)
                .map(Metric::name)
                .toList();
    }

    private Set<Metric> reached(List<String> names) {
        Set<Metric> reached = new LinkedHashSet<>();
        names.forEach(name -> reach(metric(name), reached));
        return reached;
    }

    private void reach(Metric metric, Set<Metric> reached) {
        if (reached.add(metric)) {
            inputs(metric).forEach(input -> reach(input, reached));
        }
    }
}
