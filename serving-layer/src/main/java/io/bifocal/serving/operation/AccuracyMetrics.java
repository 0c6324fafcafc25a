package io.bifocal.serving.operation;

import io.bifocal.core.accuracy.Accuracy;
import io.bifocal.core.accuracy.CheckedAnswer;
import io.bifocal.serving.catalog.Models;
import io.bifocal.serving.process.Repeating;
import io.bifocal.serving.storage.Storage;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How wrong answers were, for Prometheus. */
@Singleton
@Startup
class AccuracyMetrics {
    private static final Duration PERIOD = Duration.ofSeconds(30);

    private final Models models;
    private final Storage storage;
    private final MultiGauge error;
    private final MultiGauge inside;
    private Repeating measuring;

    AccuracyMetrics(Models models, Storage storage, MeterRegistry registry) {
        this.models = models;
        this.storage = storage;
        this.error = MultiGauge.builder("bifocal.answers.error")
                .baseUnit("ratio")
                .description("Mean error of numbers that were shown before they were exact")
                .register(registry);
        this.inside = MultiGauge.builder("bifocal.answers.bounds.held")
                .baseUnit("ratio")
                .description("Share of estimates whose bounds held the truth")
                .register(registry);
    }

    @PostConstruct
    void start() {
        measuring = Repeating.start("accuracy-metrics", PERIOD, () -> {
            List<Row<?>> errors = new ArrayList<>();
            List<Row<?>> held = new ArrayList<>();
            try {
                for (String model : storage.connected() ? models.models() : List.<String>of()) {
                    for (Accuracy each : CheckedAnswer.summary(storage.answers().checked(model))) {
                        Tags tags = Tags.of("model", model, "metric", each.metric());
                        errors.add(Row.of(tags, each.meanError()));
                        if (each.estimated() > 0) {
                            held.add(Row.of(tags, (double) each.inside() / each.estimated()));
                        }
                    }
                }
            } finally {
                error.register(errors, true);
                inside.register(held, true);
            }
        });
    }

    @PreDestroy
    void stop() {
        measuring.close();
    }
}
