package io.bifocal.serving.kafka;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.query.Freshness;
import io.bifocal.serving.catalog.Models;
import io.bifocal.serving.process.Repeating;
import io.bifocal.serving.storage.Storage;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Watches where the topics of all models end, and so knows what has arrived by when. */
@Singleton
@Startup
public class Arrivals implements Freshness {
    private static final Duration PAUSE = Duration.ofMillis(300);

    private final Storage storage;
    private final Models models;
    private final Topics topics;
    private final Clock clock;
    private final Map<String, ArrivalLog> logs = new ConcurrentHashMap<>();
    private Repeating sampling;

    Arrivals(Storage storage, Models models, Topics topics, Clock clock) {
        this.storage = storage;
        this.models = models;
        this.topics = topics;
        this.clock = clock;
    }

    @PostConstruct
    void start() {
        sampling = Repeating.start("arrivals", PAUSE, this::sample);
    }

    @Override
    public Instant freshThrough(Manifest manifest) {
        return models.current(manifest.model())
                .map(definition -> coveredThrough(definition.model().source().topic(), manifest.end()))
                .orElse(Instant.EPOCH);
    }

    /** The latest known moment up to which all of a topic's records are before some positions; the epoch where none is. */
    public Instant coveredThrough(String topic, Positions positions) {
        ArrivalLog log = logs.get(topic);
        return log == null ? Instant.EPOCH : log.coveredThrough(positions);
    }

    private void sample() {
        if (!storage.connected()) {
            return;
        }
        Set<String> names = models.all().stream()
                .map(definition -> definition.model().source().topic())
                .collect(Collectors.toSet());
        Instant at = clock.instant();
        Map<String, Positions> ends = topics.ends(names);
        ends.forEach((topic, end) ->
                logs.computeIfAbsent(topic, absent -> new ArrivalLog()).note(at, end));
        logs.keySet().retainAll(ends.keySet());
    }

    @PreDestroy
    void stop() {
        sampling.close();
    }
}
