package io.bifocal.serving.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.regex.Pattern;

/** Problem documents for what the server refuses before any resource sees it: bodies that are too large, unknown paths. */
@Singleton
final class RoutingProblems {
    /** Beyond the most that any resource takes; the server's own limit, for bodies that do not say their length, is above. */
    private static final long MOST_BYTES = 9L << 20;

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final int NOT_FOUND = 404;
    private static final int TOO_LARGE = 413;
    private static final int FIRST_SERVER_ERROR = 500;

    private final ObjectMapper mapper;

    RoutingProblems(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    void register(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).handler(this::refuseLarge).failureHandler(this::failed);
        router.errorHandler(NOT_FOUND, context -> send(context, NOT_FOUND));
    }

    /** Before anything of the body is kept: several large ones at once would not fit into memory. */
    private void refuseLarge(RoutingContext context) {
        String length = context.request().getHeader(HttpHeaderNames.CONTENT_LENGTH);
        // What is no number is refused by the server itself.
        if (length == null || !NUMBER.matcher(length).matches() || Long.parseLong(length) <= MOST_BYTES) {
            context.next();
        } else {
            // Read and thrown away: a client that is still sending would not see an answer on a connection that is cut.
            context.request().resume();
            send(context, TOO_LARGE);
        }
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
