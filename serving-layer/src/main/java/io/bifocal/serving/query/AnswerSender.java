package io.bifocal.serving.query;

import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/**
 * Sends answers piece by piece, each made only when the connection has taken the one before: a slow client costs one piece of
 * memory and no thread. A client that goes away frees the rest.
 */
@Provider
public final class AnswerSender implements ServerMessageBodyWriter<AnswerPieces> {
    private static final Logger LOG = Logger.getLogger(AnswerSender.class);

    @Override
    public boolean isWriteable(
            Class<?> type, Type genericType, ResteasyReactiveResourceInfo target, MediaType mediaType) {
        return AnswerPieces.class.isAssignableFrom(type);
    }

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return AnswerPieces.class.isAssignableFrom(type);
    }

    @Override
    public void writeResponse(AnswerPieces pieces, Type genericType, ServerRequestContext context) {
        Sending sending = new Sending(pieces, context.serverResponse());
        sending.first();
    }

    @Override
    public void writeTo(
            AnswerPieces pieces,
            Class<?> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, Object> httpHeaders,
            OutputStream entityStream) {
        throw new UnsupportedOperationException("the server's own way is writeResponse");
    }

    private record Sending(AnswerPieces pieces, ServerHttpResponse response) {
        void first() {
            byte[] piece;
            try {
                piece = pieces.next();
            } catch (RuntimeException refused) {
                pieces.close();
                throw refused;
            }
            if (pieces.hasNext()) {
                response.setChunked(true);
                send(piece);
            } else {
                pieces.close();
                response.end(piece);
            }
        }

        private void send(byte[] piece) {
            response.write(piece, failure -> {
                if (failure != null) {
                    pieces.close();
                } else {
                    Infrastructure.getDefaultWorkerPool().execute(this::next);
                }
            });
        }

        private void next() {
            if (!pieces.hasNext()) {
                pieces.close();
                response.end();
                return;
            }
            try {
                send(pieces.next());
            } catch (RuntimeException bug) {
                // The head is sent: only an end that is missing can say that something went wrong.
                LOG.error("An answer could not be sent to its end", bug);
                pieces.close();
                response.reset();
            }
        }
    }
}
