package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.RequestThrottlingException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.servererrors.QueryValidationException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Repeats requests until Cassandra answers, so that a node that restarts is a delay and not a fault. */
final class Retries {
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;

    private Retries() {}

    /**
     * Sends a request that may be repeated, and again while Cassandra is away.
     *
     * @param patience after which it fails with {@link ErrorCode#UNAVAILABLE}
     */
    static <T> CompletableFuture<T> send(Duration patience, Supplier<CompletionStage<T>> request) {
        CompletableFuture<T> result = new CompletableFuture<>();
        attempt(System.nanoTime() + patience.toNanos(), FIRST_PAUSE_MILLIS, request, result);
        return result;
    }

    /** Waits for a result, and throws what it failed with. */
    static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failure;
        }
    }

    /** Waits until all are done, and throws what one of them failed with. */
    static void joinAll(List<? extends CompletableFuture<?>> futures) {
        join(CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0])));
    }

    /** Whether a request may succeed later as it is. Whether it took effect is not known. */
    static boolean passing(Throwable failure) {
        if (failure instanceof AllNodesFailedException all) {
            return all.getAllErrors().values().stream().flatMap(List::stream).allMatch(Retries::passing);
        }
        return failure instanceof DriverException
                && !(failure instanceof QueryValidationException
                        || failure instanceof AuthenticationException
                        || failure instanceof RequestThrottlingException);
    }

    static RuntimeException unavailable(Throwable failure) {
        return Errors.of(
                ErrorCode.UNAVAILABLE,
                "Cassandra does not answer: " + failure.getMessage(),
                "Check that it runs and can be reached at cassandra.contact-points, then try again.",
                failure);
    }

    /** Sleeps between attempts of a caller that waits itself. */
    static void pause(int attempt) {
        try {
            TimeUnit.MILLISECONDS.sleep(
                    Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt, Integer.SIZE / 4)));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for Cassandra", interrupted);
        }
    }

    private static <T> void attempt(
            long deadline, long pauseMillis, Supplier<CompletionStage<T>> request, CompletableFuture<T> result) {
        CompletionStage<T> answer;
        try {
            answer = request.get();
        } catch (RuntimeException failure) {
            answer = CompletableFuture.failedFuture(failure);
        }
        answer.whenComplete((value, failure) -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (cause == null) {
                result.complete(value);
            } else if (!passing(cause)) {
                result.completeExceptionally(cause);
            } else if (System.nanoTime() > deadline) {
                result.completeExceptionally(unavailable(cause));
            } else {
                CompletableFuture.delayedExecutor(pauseMillis, TimeUnit.MILLISECONDS)
                        .execute(() ->
                                attempt(deadline, Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis), request, result));
            }
        });
    }
}
