package io.bifocal.serving.prometheus;

import io.bifocal.core.aggregate.MetricTypes;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model;
import io.bifocal.serving.catalog.Models;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** The metrics of all models that are numbers, under the names by which Prometheus' clients know them: model_metric. */
@Singleton
class MetricNames {
    private final Models models;

    MetricNames(Models models) {
        this.models = models;
    }

    /** A metric of a model. */
    record Named(String name, Definition definition, Model.Metric metric) {
        List<String> dimensions() {
            return definition.model().dimensions().stream()
                    .map(Model.Dimension::name)
                    .toList();
        }
    }

    /** All of them, by name. */
    List<Named> all() {
        return models.all().stream()
                .flatMap(definition -> definition.model().metrics().stream()
                        .filter(metric -> new MetricTypes(definition).of(metric).numeric())
                        .map(metric -> new Named(definition.model().name() + "_" + metric.name(), definition, metric)))
                .sorted(Comparator.comparing(Named::name))
                .toList();
    }

    /**
     * Those that a selector asks for; none where none has that name.
     *
     * @throws io.bifocal.core.error.BifocalException BAD_QUERY where two have the same name
     */
    List<Named> selected(Expression.Selector selector) {
        TreeMap<String, Named> found = new TreeMap<>();
        for (Named each : all()) {
            if (selector.names().stream().allMatch(matcher -> matcher.matches(each.name()))) {
                Named other = found.put(each.name(), each);
                if (other != null) {
                    throw Errors.of(
                            ErrorCode.BAD_QUERY,
                            each.name() + " is " + each.metric().name() + " of "
                                    + each.definition().model().name() + ", and "
                                    + other.metric().name() + " of "
                                    + other.definition().model().name() + ".",
                            "Ask POST /api/v1/query, which names the model apart.");
                }
            }
        }
        return List.copyOf(found.values());
    }
}
