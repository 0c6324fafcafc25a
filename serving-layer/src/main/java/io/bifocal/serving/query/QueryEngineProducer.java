package io.bifocal.serving.query;

import io.bifocal.core.config.Config;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Cost;
import io.bifocal.core.query.Definitions;
import io.bifocal.core.query.Freshness;
import io.bifocal.core.query.Query;
import io.bifocal.core.query.QueryEngine;
import io.bifocal.core.query.QueryObserver;
import io.bifocal.core.view.ViewStore;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;

/** Makes the core's engine with this server's stores and limits. */
@Singleton
final class QueryEngineProducer {
    /** Of one answer, so that a long one leaves the connections' pipelines to others. */
    private static final int READS_IN_FLIGHT = 64;

    @Produces
    @Singleton
    QueryEngine engine(
            ManifestStore manifests,
            ViewStore views,
            Definitions definitions,
            Freshness freshness,
            QueryTimers timers,
            AnswerSampler sampler,
            Clock clock,
            QueryEngine.Limits limits) {
        return new QueryEngine(manifests, views, definitions, freshness, new Observers(timers, sampler), clock, limits);
    }

    private record Observers(QueryTimers timers, AnswerSampler sampler) implements QueryObserver {
        @Override
        public void took(String model, String rollup, Phase phase, long nanos) {
            timers.took(model, rollup, phase, nanos);
        }

        @Override
        public void answered(Query query, Manifest manifest, Answer answer) {
            sampler.offer(query, manifest, answer);
        }
    }

    @Produces
    @Singleton
    QueryEngine.Limits limits(Config config) {
        return new QueryEngine.Limits(
                Duration.ofMillis(config.number(Config.Key.QUERY_DEADLINE_MILLIS)),
                READS_IN_FLIGHT,
                Duration.ofSeconds(config.number(Config.Key.COLLECT_GRACE_SECONDS)),
                new Cost(config.number(Config.Key.QUERY_MAX_PARTITIONS), config.number(Config.Key.QUERY_MAX_ROWS)),
                config.number(Config.Key.QUERY_MAX_ANSWER_ROWS));
    }
}
