package io.bifocal.serving.storage;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.Guard;
import jakarta.enterprise.util.TypeLiteral;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jboss.logging.Logger;

/**
 * A circuit breaker around reading what answers are made of. When Cassandra fails to answer again and again, those who ask are
 * refused at once instead of each waiting in vain; after a moment some are let through, and if they succeed, all are.
 */
@Singleton
public class ReadGuard {
    private static final Logger LOG = Logger.getLogger(ReadGuard.class);
    private static final int READS = 6;
    private static final double FAILURES = 0.5;
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final TypeLiteral<CompletionStage<Object>> STAGE = new TypeLiteral<>() {
        private static final long serialVersionUID = 1L;
    };

    private final Guard guard = Guard.create()
            .withCircuitBreaker()
            .name("views")
            .requestVolumeThreshold(READS)
            .failureRatio(FAILURES)
            .delay(PAUSE.toMillis(), ChronoUnit.MILLIS)
            .when(ReadGuard::unavailable)
            .onStateChange(this::changed)
            .done()
            .build();

    private volatile CircuitBreakerState state = CircuitBreakerState.CLOSED;

    /** Whether reads are let through. */
    public boolean closed() {
        return state == CircuitBreakerState.CLOSED;
    }

    /** Reads, and waits for it. */
    @SuppressWarnings("unchecked")
    public <T> T read(Supplier<T> read) {
        try {
            return (T) guard.get(read::get, Object.class);
        } catch (CircuitBreakerOpenException open) {
            throw refused(open);
        }
    }

    /** Reads without waiting. */
    @SuppressWarnings("unchecked")
    public <T> CompletionStage<T> readLater(Supplier<CompletionStage<T>> read) {
        CompletableFuture<T> result = new CompletableFuture<>();
        guard.get(() -> (CompletionStage<Object>) read.get(), STAGE).whenComplete((value, failure) -> {
            if (failure == null) {
                result.complete((T) value);
            } else {
                Throwable cause = cause(failure);
                result.completeExceptionally(cause instanceof CircuitBreakerOpenException open ? refused(open) : cause);
            }
        });
        return result;
    }

    private void changed(CircuitBreakerState now) {
        state = now;
        LOG.warn("Reading views: the circuit is " + now);
    }

    /** What is wrong with a request itself says nothing about Cassandra. */
    private static boolean unavailable(Throwable failure) {
        return !(cause(failure) instanceof BifocalException fault)
                || fault.code().kind() == ErrorCode.Kind.UNAVAILABLE;
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static BifocalException refused(CircuitBreakerOpenException open) {
        return Errors.of(
                ErrorCode.UNAVAILABLE,
                "Cassandra has failed to answer again and again, and is given a moment.",
                "Try again after the seconds that Retry-After names; /q/health/ready says when it is back.",
                open);
    }
}
