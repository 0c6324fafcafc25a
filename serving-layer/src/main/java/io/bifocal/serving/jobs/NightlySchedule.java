package io.bifocal.serving.jobs;

import io.bifocal.core.config.Config;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.job.Cron;
import io.bifocal.core.model.Definition;
import io.bifocal.serving.catalog.Models;
import io.bifocal.serving.kafka.Topics;
import io.bifocal.serving.process.Repeating;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks for a recompute of every model each night, in UTC. Every server asks; the idempotency key makes it one job. A night
 * that was missed because no server ran is left out: the next one covers its records.
 */
@Singleton
@Startup
public class NightlySchedule {
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Config config;
    private final Models models;
    private final Topics topics;
    private final JobRequests requests;
    private final Clock clock;
    private Optional<Repeating> looking = Optional.empty();
    private Optional<ZonedDateTime> night = Optional.empty();

    NightlySchedule(Config config, Models models, Topics topics, JobRequests requests, Clock clock) {
        this.config = config;
        this.models = models;
        this.topics = topics;
        this.requests = requests;
        this.clock = clock;
    }

    @PostConstruct
    void start() {
        if (config.has(Config.Key.NIGHTLY_CRON)) {
            Cron cron = Cron.parse(config.text(Config.Key.NIGHTLY_CRON));
            night = cron.next(now());
            looking = Optional.of(Repeating.start("nightly", PAUSE, () -> look(cron)));
        }
    }

    /** What fails is tried again with the next look, for the same night. */
    private void look(Cron cron) {
        if (night.filter(time -> !time.isAfter(now())).isPresent()) {
            ask(night.get());
            night = cron.next(now());
        }
    }

    private void ask(ZonedDateTime time) {
        for (Definition definition : List.copyOf(models.all())) {
            String model = definition.model().name();
            if (!topics.end(definition.model().source().topic()).equals(Positions.NONE)) {
                requests.create(
                        Map.of("type", "recompute", "model", model),
                        Optional.of("nightly-" + model + "-" + time.toLocalDateTime()));
            }
        }
    }

    private ZonedDateTime now() {
        return clock.instant().atZone(ZoneOffset.UTC);
    }

    @PreDestroy
    void stop() {
        looking.ifPresent(Repeating::close);
    }
}
