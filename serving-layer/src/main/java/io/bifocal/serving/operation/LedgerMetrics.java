package io.bifocal.serving.operation;

import io.bifocal.core.ledger.LedgerAudit;
import io.bifocal.core.ledger.LedgerFault;
import io.bifocal.core.model.Definition;
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
import java.util.Map;
import java.util.TreeMap;

/** Whether the ledgers balance, for Prometheus to alert on (infra/prometheus/bifocal-alerts.yml). */
@Singleton
@Startup
class LedgerMetrics {
    /** Seldom, for it reads the ledger views of all hours. */
    private static final Duration PERIOD = Duration.ofSeconds(20);

    private final Models models;
    private final Ledger ledger;
    private final Storage storage;
    private final MeterRegistry registry;
    private Repeating measuring;

    LedgerMetrics(Models models, Ledger ledger, Storage storage, MeterRegistry registry) {
        this.models = models;
        this.ledger = ledger;
        this.storage = storage;
        this.registry = registry;
    }

    @PostConstruct
    void start() {
        MultiGauge imbalance = MultiGauge.builder("bifocal.ledger.imbalance")
                .baseUnit("records")
                .description("Records of a partition that are missing or too many, in hours at rest")
                .register(registry);
        measuring = Repeating.start("ledger-metrics", PERIOD, () -> {
            List<Row<?>> rows = new ArrayList<>();
            try {
                for (Definition definition : storage.connected() ? models.all() : List.<Definition>of()) {
                    String model = definition.model().name();
                    imbalances(definition)
                            .forEach((partition, records) -> rows.add(Row.of(
                                    Tags.of("model", model, "partition", partition.toString()), (double) records)));
                }
            } finally {
                // What cannot be read is not told: a gauge that stays where it was would say that all is well.
                imbalance.register(rows, true);
            }
        });
    }

    /** By partition. */
    private Map<Integer, Long> imbalances(Definition definition) {
        Map<Integer, Long> records = new TreeMap<>();
        for (Ledger.Row row : ledger.of(definition)) {
            records.merge(row.cell().partition(), row.imbalance(), Long::sum);
        }
        for (LedgerFault fault :
                ledger.audit(definition).map(LedgerAudit::faults).orElse(List.of())) {
            records.merge(fault.partition(), Math.abs(fault.expected() - fault.found()), Long::sum);
        }
        return records;
    }

    @PreDestroy
    void stop() {
        measuring.close();
    }
}
