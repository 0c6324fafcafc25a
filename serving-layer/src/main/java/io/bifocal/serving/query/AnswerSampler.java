package io.bifocal.serving.query;

import io.bifocal.core.accuracy.SampledAnswer;
import io.bifocal.core.config.Config;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Query;
import io.bifocal.serving.storage.Storage;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import org.jboss.logging.Logger;

/**
 * Keeps some of the answers that are given, to be given again from the archive. Those who ask do not wait for it; what cannot
 * be kept is not.
 */
@Singleton
class AnswerSampler {
    private static final int MILLE = 1000;

    /** While so many of a model wait, none is kept: those that wait are as good. */
    private static final int MOST_WAITING = 200;

    private static final Logger LOG = Logger.getLogger(AnswerSampler.class);

    private final Storage storage;
    private final Clock clock;
    private final int perMille;

    AnswerSampler(Storage storage, Clock clock, Config config) {
        this.storage = storage;
        this.clock = clock;
        this.perMille = config.number(Config.Key.ANSWERS_SAMPLED_PER_MILLE);
    }

    void offer(Query query, Manifest manifest, Answer answer) {
        if (ThreadLocalRandom.current().nextInt(MILLE) < perMille) {
            Instant now = clock.instant();
            CompletableFuture.runAsync(() -> keep(query, manifest, answer, now), Infrastructure.getDefaultWorkerPool())
                    .exceptionally(failure -> {
                        LOG.debugf(failure, "an answer of %s is not kept", query.model());
                        return null;
                    });
        }
    }

    private void keep(Query query, Manifest manifest, Answer answer, Instant now) {
        String id = "%013d-%08x"
                .formatted(now.toEpochMilli(), ThreadLocalRandom.current().nextInt());
        SampledAnswer.of(id, now, query, manifest, answer).ifPresent(sample -> storage.answers()
                .waiting(query.model())
                .thenCompose(waiting -> keep(query.model(), sample, waiting))
                .join());
    }

    private CompletionStage<Void> keep(String model, SampledAnswer sample, long waiting) {
        return waiting < MOST_WAITING ? storage.answers().keep(model, sample) : CompletableFuture.completedFuture(null);
    }
}
