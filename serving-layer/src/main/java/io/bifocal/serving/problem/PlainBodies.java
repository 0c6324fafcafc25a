package io.bifocal.serving.problem;

import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Bodies are read as they are sent: a compressed one is refused, whatever it is for. */
public final class PlainBodies {
    @ServerRequestFilter
    public void requirePlain(ContainerRequestContext request) {
        if (request.getHeaders().containsKey(HttpHeaders.CONTENT_ENCODING)) {
            throw new NotSupportedException();
        }
    }
}
