package io.bifocal.serving.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.QueryEngine;
import io.bifocal.core.query.Question;
import io.bifocal.serving.problem.Problem;
import io.bifocal.serving.sse.Heartbeat;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Gives answers again and again, whenever they change. What has not changed is asked for but not sent. */
@Singleton
public class AnswerStream {
    private static final Duration POLL = Duration.ofMillis(500);

    /** Each asks for its answer again whenever something is published. */
    private static final int MOST = 200;

    private final QueryEngine engine;
    private final ManifestStore manifests;
    private final ObjectMapper mapper;

    private final AtomicInteger open = new AtomicInteger();

    AnswerStream(QueryEngine engine, ManifestStore manifests, ObjectMapper mapper, MeterRegistry registry) {
        this.engine = engine;
        this.manifests = manifests;
        this.mapper = mapper;
        Gauge.builder("bifocal.query.streams", open, AtomicInteger::get)
                .description("Clients that follow an answer")
                .register(registry);
    }

    /**
     * The stream, with the first answer already there. Blocks until then.
     *
     * @throws BifocalException where the first answer is refused, or too many streams are open
     */
    Multi<OutboundSseEvent> of(Question question, Sse sse) {
        if (open.get() >= MOST) {
            throw Errors.of(
                    ErrorCode.UNAVAILABLE,
                    "As many answers are followed as this server has room for: " + MOST + ".",
                    "Try again later, or ask GET /api/v1/query from time to time.");
        }
        Watch watch = new Watch(question, sse);
        OutboundSseEvent first = watch.event(engine.answer(question));
        Multi<OutboundSseEvent> later = Multi.createFrom()
                .ticks()
                .every(POLL)
                .onOverflow()
                .drop()
                .onItem()
                .transformToUniAndConcatenate(tick ->
                        Uni.createFrom().item(watch::next).runSubscriptionOn(Infrastructure.getDefaultWorkerPool()))
                .filter(Optional::isPresent)
                .map(Optional::get);
        return Multi.createBy()
                .concatenating()
                .streams(Multi.createFrom().item(first), later)
                .onSubscription()
                .invoke(open::incrementAndGet)
                .onTermination()
                .invoke(open::decrementAndGet);
    }

    /** What one client was sent last. Its calls follow one another. */
    private final class Watch {
        private final Question question;
        private final Sse sse;
        private final String model;
        private final Heartbeat heartbeat;
        private volatile long version;
        private volatile Answer sent;
        private volatile String problem = "";

        Watch(Question question, Sse sse) {
            this.question = question;
            this.sse = sse;
            this.heartbeat = new Heartbeat(sse);
            this.model = QueryEngine.model(question);
            this.version = version();
        }

        Optional<OutboundSseEvent> next() {
            Optional<OutboundSseEvent> news = news();
            Optional<OutboundSseEvent> beat = heartbeat.unless(news.isPresent());
            return news.or(() -> beat);
        }

        private Optional<OutboundSseEvent> news() {
            try {
                long now = version();
                boolean told = !problem.isEmpty();
                if (now == version && !told) {
                    return Optional.empty();
                }
                Answer answer = engine.answer(question);
                version = now;
                problem = "";
                // Whoever was told of a problem is told that it is over, though nothing has changed.
                return sameRows(answer, sent) && !told ? Optional.empty() : Optional.of(event(answer));
            } catch (BifocalException fault) {
                return fault(fault);
            }
        }

        OutboundSseEvent event(Answer answer) {
            sent = answer;
            return sse.newEventBuilder()
                    .mediaType(MediaType.TEXT_PLAIN_TYPE)
                    .data(AnswerJson.text(answer))
                    .build();
        }

        /** Tells each problem once, until it changes or an answer is given again. */
        private Optional<OutboundSseEvent> fault(BifocalException fault) {
            if (problem.equals(fault.code().name())) {
                return Optional.empty();
            }
            problem = fault.code().name();
            try {
                return Optional.of(sse.newEventBuilder()
                        .name("problem")
                        .mediaType(MediaType.TEXT_PLAIN_TYPE)
                        .data(mapper.writeValueAsString(Problem.of(fault)))
                        .build());
            } catch (JsonProcessingException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        private long version() {
            return manifests.read(model).map(Manifest::version).orElse(0L);
        }
    }

    private static boolean sameRows(Answer left, Answer right) {
        return left.rows().equals(right.rows())
                && left.columns().equals(right.columns())
                && left.meta().partial() == right.meta().partial();
    }
}
