package io.bifocal.serving.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Problem documents for what the server refuses before any resource sees it: bodies that are too large, unknown paths. */
@Singleton
final class RoutingProblems {
    private static final int NOT_FOUND = 404;
    private static final int FIRST_SERVER_ERROR = 500;

    private final ObjectMapper mapper;

    RoutingProblems(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    void register(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).failureHandler(this::failed);
        router.errorHandler(NOT_FOUND, context -> send(context, NOT_FOUND));
    }

    private void failed(RoutingContext context) {
        int status = context.statusCode();
        if (context.response().headWritten() || status < 400 || status >= FIRST_SERVER_ERROR) {
            context.next();
        } else {
            send(context, status);
        }
    }

    private void send(RoutingContext context, int status) {
        try {
            String problem = mapper.writeValueAsString(ProblemMappers.ofStatus(status));
            context.response()
                    .setStatusCode(status)
                    .putHeader(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
                    .end(problem);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
