package io.bifocal.serving.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.QueryEngine;
import io.bifocal.core.query.Question;
import io.bifocal.serving.problem.Problem;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.Optional;

/** Gives answers again and again, whenever they change. What has not changed is asked for but not sent. */
@Singleton
public class AnswerStream {
    private static final Duration POLL = Duration.ofMillis(500);

    private final QueryEngine engine;
    private final ManifestStore manifests;
    private final ObjectMapper mapper;

    AnswerStream(QueryEngine engine, ManifestStore manifests, ObjectMapper mapper) {
        this.engine = engine;
        this.manifests = manifests;
        this.mapper = mapper;
    }

    /**
     * The stream, with the first answer already there. Blocks until then.
     *
     * @throws BifocalException where the first answer is refused
     */
    Multi<OutboundSseEvent> of(Question question, Sse sse) {
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
        return Multi.createBy().concatenating().streams(Multi.createFrom().item(first), later);
    }

    /** What one client was sent last. Its calls follow one another. */
    private final class Watch {
        private final Question question;
        private final Sse sse;
        private final String model;
        private volatile long version;
        private volatile Answer sent;
        private volatile String problem = "";

        Watch(Question question, Sse sse) {
            this.question = question;
            this.sse = sse;
            this.model = QueryEngine.model(question);
            this.version = version();
        }

        Optional<OutboundSseEvent> next() {
            try {
                long now = version();
                if (now == version) {
                    return Optional.empty();
                }
                Answer answer = engine.answer(question);
                version = now;
                problem = "";
                return sameRows(answer, sent) ? Optional.empty() : Optional.of(event(answer));
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
