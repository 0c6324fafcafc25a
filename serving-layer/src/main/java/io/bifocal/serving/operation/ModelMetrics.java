package io.bifocal.serving.operation;

import io.bifocal.core.model.AlertKind;
import io.bifocal.serving.alert.AlertKey;
import io.bifocal.serving.alert.Alerts;
import io.bifocal.serving.alert.Measured;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** How far each model is, as Prometheus gauges and for alerts. A number that cannot be known at the moment is left out. */
@Singleton
@Startup
class ModelMetrics {
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final double MILLIS_PER_SECOND = 1e3;

    private final ModelProgress progress;
    private final LedgerMetrics ledgers;
    private final Alerts alerts;
    private final Storage storage;
    private final Clock clock;
    private final MeterRegistry registry;
    private final Map<String, ReconciliationTally> reconciled = new HashMap<>();
    private final Map<String, Instant> waitingSince = new HashMap<>();
    private Repeating measuring;

    ModelMetrics(
            ModelProgress progress,
            LedgerMetrics ledgers,
            Alerts alerts,
            Storage storage,
            Clock clock,
            MeterRegistry registry) {
        this.progress = progress;
        this.ledgers = ledgers;
        this.alerts = alerts;
        this.storage = storage;
        this.clock = clock;
        this.registry = registry;
    }

    /** What was measured of one model. */
    private record Look(Progress progress, long quarantined, ReconciliationTally reconciled, Instant at) {
        String model() {
            return progress.model();
        }
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
        Consumer<List<Look>> show = all -> {
            set(lag, all, each -> known(each.progress().lagEvents()));
            set(archiveLag, all, each -> known(each.progress().archiveLagEvents()));
            set(freshness, all, each -> age(each).orElse(Double.NaN));
            set(chain, all, each -> each.progress().chainLength());
            set(generation, all, each -> each.progress().generation());
            set(quarantined, all, Look::quarantined);
            set(unexplained, all, each -> each.reconciled().unexplained());
            set(uncompared, all, each -> each.reconciled().uncompared());
        };
        measuring = Repeating.start("model-metrics", PERIOD, () -> {
            if (!storage.connected()) {
                return; // It never was yet, so nothing is shown that could be out of date.
            }
            try {
                List<Look> all = look();
                show.accept(all);
                alerts.look(all.stream().collect(Collectors.toMap(Look::model, this::measured)));
            } catch (RuntimeException away) {
                // A gauge that stays where it was would say that nothing has changed.
                show.accept(List.of());
                alerts.unmeasured();
                throw away;
            }
        });
    }

    @PreDestroy
    void stop() {
        measuring.close();
    }

    private List<Look> look() {
        return progress.all().stream()
                .map(each -> new Look(
                        each, storage.quarantine().count(each.model()), reconciled(each.model()), clock.instant()))
                .toList();
    }

    private ReconciliationTally reconciled(String model) {
        ReconciliationTally tally = reconciled.computeIfAbsent(model, absent -> new ReconciliationTally());
        tally.add(storage.reconciliations().summariesAfter(model, tally.last()), clock.instant());
        return tally;
    }

    private Map<AlertKey, Measured> measured(Look look) {
        Map<AlertKey, Measured> measured = new HashMap<>();
        waiting(look).forEach((kind, number) -> measured.put(new AlertKey(kind), new Measured(number, look.at())));
        ledgers.latest(look.model()).ifPresent(judgement -> {
            measured.put(new AlertKey(AlertKind.IMBALANCE), new Measured(judgement.imbalance(), judgement.at()));
            measured.put(new AlertKey(AlertKind.QUARANTINE), new Measured(judgement.quarantined(), judgement.at()));
        });
        ReconciliationTally tally = look.reconciled();
        measured.put(new AlertKey(AlertKind.UNEXPLAINED), new Measured(tally.recentlyUnexplained(), look.at()));
        measured.put(new AlertKey(AlertKind.UNCOMPARED), new Measured(tally.recentlyUncompared(), look.at()));
        tally.drift()
                .forEach((metric, off) ->
                        measured.put(new AlertKey(AlertKind.DRIFT, Optional.of(metric)), new Measured(off, look.at())));
        return measured;
    }

    /** What waits to be counted and how long it has; neither while Kafka does not answer. */
    private Map<AlertKind, Double> waiting(Look look) {
        Long lag = look.progress().lagEvents();
        if (lag == null) {
            return Map.of();
        }
        Optional<Double> age = age(look);
        if (lag == 0 || age.isPresent()) {
            waitingSince.remove(look.model());
            return Map.of(AlertKind.LAG, lag.doubleValue(), AlertKind.FRESHNESS, lag == 0 ? 0 : age.get());
        }
        // It arrived before this server watched, as where the speed job had died before: it has waited for as long as
        // this server has seen it wait, at least.
        Instant seen = waitingSince.computeIfAbsent(look.model(), absent -> look.at());
        return Map.of(AlertKind.LAG, lag.doubleValue(), AlertKind.FRESHNESS, seconds(seen, look.at()));
    }

    private static Optional<Double> age(Look look) {
        return Optional.ofNullable(look.progress().freshThrough()).map(fresh -> seconds(fresh, look.at()));
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / MILLIS_PER_SECOND;
    }

    private MultiGauge gauge(String name, String unit, String description) {
        return MultiGauge.builder(name).baseUnit(unit).description(description).register(registry);
    }

    private static double known(Long number) {
        return number == null ? Double.NaN : number;
    }

    private static void set(MultiGauge gauge, List<Look> all, ToDoubleFunction<Look> number) {
        List<Row<?>> rows = new ArrayList<>();
        for (Look each : all) {
            double value = number.applyAsDouble(each);
            if (!Double.isNaN(value)) {
                rows.add(Row.of(Tags.of("model", each.model()), value));
            }
        }
        gauge.register(rows, true);
    }
}
