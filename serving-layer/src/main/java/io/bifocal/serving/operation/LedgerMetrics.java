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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Whether the ledgers balance, for alerts, those of Prometheus too (infra/prometheus/bifocal-alerts.yml). */
@Singleton
@Startup
class LedgerMetrics {
    /** Seldom, for it reads the ledger views of all hours. */
    private static final Duration PERIOD = Duration.ofSeconds(20);

    private final Models models;
    private final Ledger ledger;
    private final Storage storage;
    private final Clock clock;
    private final MeterRegistry registry;
    private volatile Map<String, Judgement> latest = Map.of();
    private Repeating measuring;

    LedgerMetrics(Models models, Ledger ledger, Storage storage, Clock clock, MeterRegistry registry) {
        this.models = models;
        this.ledger = ledger;
        this.storage = storage;
        this.clock = clock;
        this.registry = registry;
    }

    /**
     * What a model's ledger says.
     *
     * @param imbalances by partition: records that are missing or too many, in hours at rest
     * @param quarantined the share of the records of this hour and the one before that are in quarantine; 0 where there are none
     */
    record Judgement(Instant at, Map<Integer, Long> imbalances, double quarantined) {
        long imbalance() {
            return imbalances.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** The latest of a model; empty where it cannot be read. */
    Optional<Judgement> latest(String model) {
        return Optional.ofNullable(latest.get(model));
    }

    @PostConstruct
    void start() {
        MultiGauge imbalance = MultiGauge.builder("bifocal.ledger.imbalance")
                .baseUnit("records")
                .description("Records of a partition that are missing or too many, in hours at rest")
                .register(registry);
        measuring = Repeating.start("ledger-metrics", PERIOD, () -> {
            Map<String, Judgement> judged = new TreeMap<>();
            try {
                for (Definition definition : storage.connected() ? models.all() : List.<Definition>of()) {
                    judged.put(definition.model().name(), judge(definition));
                }
            } finally {
                // What cannot be read is not told: a gauge that stays where it was would say that all is well.
                latest = judged;
                imbalance.register(rows(judged), true);
            }
        });
    }

    private static List<Row<?>> rows(Map<String, Judgement> judged) {
        List<Row<?>> rows = new ArrayList<>();
        judged.forEach((model, judgement) -> judgement
                .imbalances()
                .forEach((partition, records) -> rows.add(
                        Row.of(Tags.of("model", model, "partition", partition.toString()), (double) records))));
        return rows;
    }

    private Judgement judge(Definition definition) {
        Instant now = clock.instant();
        long recent =
                now.truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.HOURS).getEpochSecond();
        Map<Integer, Long> records = new TreeMap<>();
        long quarantined = 0;
        long read = 0;
        for (Ledger.Row row : ledger.of(definition)) {
            records.merge(row.cell().partition(), row.imbalance(), Long::sum);
            if (row.cell().hour() >= recent) {
                quarantined += row.quarantined();
                // As the archive counts them, as it does those in quarantine: the two never tell of different records.
                read += row.archived() + row.quarantined();
            }
        }
        for (LedgerFault fault :
                ledger.audit(definition).map(LedgerAudit::faults).orElse(List.of())) {
            records.merge(fault.partition(), Math.abs(fault.expected() - fault.found()), Long::sum);
        }
        return new Judgement(now, records, read == 0 ? 0 : (double) quarantined / read);
    }

    @PreDestroy
    void stop() {
        measuring.close();
    }
}
