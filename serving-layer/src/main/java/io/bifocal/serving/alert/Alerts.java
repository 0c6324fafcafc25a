package io.bifocal.serving.alert;

import io.bifocal.core.config.Config;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Threshold;
import io.bifocal.serving.alert.Alert.State;
import io.bifocal.serving.catalog.Models;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Holds what is measured of each model against its thresholds, and tells Prometheus and a webhook what exceeds them. */
@Singleton
public class Alerts {
    private final Models models;
    private final Clock clock;
    private final Instant started;
    private final Optional<Webhook> webhook;
    private final MultiGauge gauge;
    private final Map<String, ModelAlerts> byModel = new ConcurrentHashMap<>();

    Alerts(Models models, Config config, Clock clock, MeterRegistry registry) {
        this.models = models;
        this.clock = clock;
        this.started = clock.instant();
        this.webhook = Webhook.of(config);
        this.gauge = MultiGauge.builder("bifocal.alert")
                .description("Whether an alert of a model fires: 1, or 0; none where it cannot be known")
                .register(registry);
    }

    /**
     * Looks at what was measured; one look after the other.
     *
     * @param measured by model; what is not there could not be measured
     */
    public void look(Map<String, Map<AlertKey, Measured>> measured) {
        Instant now = clock.instant();
        for (Definition definition : models.all()) {
            String model = definition.model().name();
            byModel.computeIfAbsent(model, absent -> new ModelAlerts())
                    .look(ModelAlerts.watched(definition), measured.getOrDefault(model, Map.of()), now);
        }
        tell(now);
    }

    /** Looks in vain: nothing can be measured. */
    public void unmeasured() {
        Instant now = clock.instant();
        byModel.values().forEach(alerts -> alerts.unmeasured(now));
        tell(now);
    }

    /** Those of a model, by the thresholds that it has now. */
    List<Alert> of(Definition definition) {
        ModelAlerts known = byModel.getOrDefault(definition.model().name(), new ModelAlerts());
        return ModelAlerts.watched(definition).stream()
                .map(threshold -> known.find(threshold).orElseGet(() -> Alert.unknown(threshold, started)))
                .toList();
    }

    private void tell(Instant now) {
        List<Row<?>> rows = new ArrayList<>();
        byModel.forEach((model, alerts) -> {
            for (Alert alert : alerts.all()) {
                if (alert.state() != State.UNKNOWN) {
                    rows.add(Row.of(tags(model, alert.threshold()), alert.state() == State.FIRING ? 1 : 0));
                }
            }
            webhook.ifPresent(receiver -> receiver.look(model, alerts.all(), now));
        });
        gauge.register(rows, true);
    }

    private static Tags tags(String model, Threshold threshold) {
        return Tags.of(
                "model",
                model,
                "alert",
                threshold.alert().text(),
                "metric",
                threshold.metric().orElse(""));
    }
}
