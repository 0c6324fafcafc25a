package io.bifocal.serving.alert;

import io.bifocal.core.model.AlertKind;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Threshold;
import io.bifocal.core.query.MetricFinisher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The alerts of one model, from look to look. */
final class ModelAlerts {
    private volatile Map<AlertKey, Alert> alerts = Map.of();

    /**
     * What is watched: the thresholds of the model file, that of drift for each metric of which it is measured, and what is an
     * alert without any.
     */
    static List<Threshold> watched(Definition definition) {
        List<Threshold> given = definition.model().alerts();
        List<Threshold> watched = new ArrayList<>(
                given.stream().filter(each -> each.alert() != AlertKind.DRIFT).toList());
        for (Metric metric : definition.model().metrics()) {
            drift(given, Optional.of(metric.name()))
                    .or(() -> drift(given, Optional.empty())
                            .filter(all -> !MetricFinisher.spansRows(definition, metric.name())))
                    .ifPresent(limit ->
                            watched.add(new Threshold(AlertKind.DRIFT, Optional.of(metric.name()), limit.limit())));
        }
        Stream.of(AlertKind.UNEXPLAINED, AlertKind.UNCOMPARED)
                .forEach(alert -> watched.add(new Threshold(alert, Optional.empty(), 0)));
        return watched;
    }

    private static Optional<Threshold> drift(List<Threshold> given, Optional<String> metric) {
        return given.stream()
                .filter(each -> each.alert() == AlertKind.DRIFT && each.metric().equals(metric))
                .findFirst();
    }

    /** Looks at what was measured; an alert that is not watched any more is gone. */
    void look(List<Threshold> watched, Map<AlertKey, Measured> measured, Instant now) {
        Map<AlertKey, Alert> next = new LinkedHashMap<>();
        for (Threshold threshold : watched) {
            AlertKey key = AlertKey.of(threshold);
            Alert before = alerts.getOrDefault(key, Alert.unknown(threshold, now));
            next.put(key, before.next(threshold, Optional.ofNullable(measured.get(key)), now));
        }
        alerts = next;
    }

    /** Looks in vain. */
    void unmeasured(Instant now) {
        look(alerts.values().stream().map(Alert::threshold).toList(), Map.of(), now);
    }

    Collection<Alert> all() {
        return alerts.values();
    }

    Optional<Alert> find(Threshold threshold) {
        return Optional.ofNullable(alerts.get(AlertKey.of(threshold)));
    }
}
