package io.bifocal.serving.query;

import io.bifocal.core.query.QueryObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** How long answers take, by model, rollup and phase, as histograms for Prometheus. */
@Singleton
class QueryTimers {
    private static final String NAME = "bifocal.query";

    private final MeterRegistry registry;

    QueryTimers(MeterRegistry registry) {
        this.registry = registry;
    }

    void took(String model, String rollup, QueryObserver.Phase phase, long nanos) {
        record(model, rollup, phase.name().toLowerCase(Locale.ROOT), nanos);
    }

    /** Writing an answer in its form, which is no business of the engine. */
    void encoded(String model, String rollup, long nanos) {
        record(model, rollup, "encode", nanos);
    }

    private void record(String model, String rollup, String phase, long nanos) {
        Timer.builder(NAME)
                .description("Time that answers take, by phase")
                .tag("model", model)
                .tag("rollup", rollup)
                .tag("phase", phase)
                .publishPercentileHistogram()
                .register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
    }
}
