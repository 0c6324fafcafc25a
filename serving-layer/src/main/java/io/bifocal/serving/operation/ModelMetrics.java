package io.bifocal.serving.operation;

import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.serving.operation.ModelProgress.Progress;
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
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** How far each model is, as Prometheus gauges. A number that cannot be known at the moment is left out. */
@Singleton
@Startup
class ModelMetrics {
    private static final Duration PERIOD = Duration.ofSeconds(5);

    private final ModelProgress progress;
    private final Storage storage;
    private final Clock clock;
    private final MeterRegistry registry;
    private Repeating measuring;

    ModelMetrics(ModelProgress progress, Storage storage, Clock clock, MeterRegistry registry) {
        this.progress = progress;
        this.storage = storage;
        this.clock = clock;
        this.registry = registry;
    }

    @PostConstruct
    void start() {
        MultiGauge lag = gauge("bifocal.model.lag", "events", "Events in Kafka that answers do not count yet");
        MultiGauge archiveLag =
                gauge("bifocal.model.archive.lag", "events", "Events in Kafka that the archive does not hold yet");
        MultiGauge freshness = gauge(
                "bifocal.model.freshness", "seconds", "How long ago the latest event arrived that may be missing");
        MultiGauge chain = gauge("bifocal.model.chain", "parts", "Parts that a query reads after the generation");
        MultiGauge generation = gauge("bifocal.model.generation", "number", "The generation in force");
        MultiGauge quarantined = gauge("bifocal.model.quarantined", "events", "Records in quarantine");
        MultiGauge unexplained = gauge(
                "bifocal.model.restatements.unexplained", "numbers", "Numbers that moved and that nothing explains");
        MultiGauge uncompared = gauge(
                "bifocal.model.publications.uncompared", "publications", "Publications that could not be compared");
        Consumer<List<Progress>> show = all -> {
            set(lag, all, each -> known(each.lagEvents()));
            set(archiveLag, all, each -> known(each.archiveLagEvents()));
            set(freshness, all, this::freshnessSeconds);
            set(chain, all, Progress::chainLength);
            set(generation, all, Progress::generation);
            set(quarantined, all, each -> storage.quarantine().count(each.model()));
            Map<String, List<Reconciliation>> reconciled = all.stream()
                    .collect(Collectors.toMap(
                            Progress::model, each -> storage.reconciliations().summaries(each.model())));
            set(unexplained, all, each -> reconciled.get(each.model()).stream()
                    .mapToLong(Reconciliation::unexplained)
                    .sum());
            set(uncompared, all, each -> reconciled.get(each.model()).stream()
                    .filter(one -> one.fault().isPresent())
                    .count());
        };
        measuring = Repeating.start("model-metrics", PERIOD, () -> {
            try {
                show.accept(storage.connected() ? progress.all() : List.of());
            } catch (RuntimeException away) {
                // A gauge that stays where it was would say that nothing has changed.
                show.accept(List.of());
                throw away;
            }
        });
    }

    @PreDestroy
    void stop() {
        measuring.close();
    }

    private MultiGauge gauge(String name, String unit, String description) {
        return MultiGauge.builder(name).baseUnit(unit).description(description).register(registry);
    }

    private double freshnessSeconds(Progress each) {
        return each.freshThrough() == null
                ? Double.NaN
                : Duration.between(each.freshThrough(), clock.instant()).toMillis() / 1e3;
    }

    private static double known(Long number) {
        return number == null ? Double.NaN : number;
    }

    private static void set(MultiGauge gauge, List<Progress> all, ToDoubleFunction<Progress> number) {
        List<Row<?>> rows = new ArrayList<>();
        for (Progress each : all) {
            double value = number.applyAsDouble(each);
            if (!Double.isNaN(value)) {
                rows.add(Row.of(Tags.of("model", each.model()), value));
            }
        }
        gauge.register(rows, true);
    }
}
