package io.bifocal.core.query;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Reads with a bounded number in flight, and hands over the results in the order in which they were asked for: sums of
 * doubles then come out the same to the last bit when an answer is asked for again.
 */
final class OrderedReads {
    private final int inFlight;
    private final Deadline deadline;
    private long waitedNanos;
    private long usedNanos;

    OrderedReads(int inFlight, Deadline deadline) {
        this.inFlight = inFlight;
        this.deadline = deadline;
    }

    /**
     * Reads all items.
     *
     * @throws BifocalException {@code DEADLINE} or {@code UNAVAILABLE}; what was still in flight is cancelled
     */
    <T, R> void each(Iterable<T> items, Function<T, CompletionStage<R>> read, BiConsumer<T, R> use) {
        record Pending<T, R>(T item, CompletableFuture<R> result) {}
        Deque<Pending<T, R>> pending = new ArrayDeque<>();
        Iterator<T> rest = items.iterator();
        try {
            while (rest.hasNext() || !pending.isEmpty()) {
                while (rest.hasNext() && pending.size() < inFlight) {
                    T item = rest.next();
                    pending.add(new Pending<>(item, read.apply(item).toCompletableFuture()));
                }
                Pending<T, R> head = pending.element();
                long began = System.nanoTime();
                R result = await(head.result());
                long got = System.nanoTime();
                pending.remove();
                use.accept(head.item(), result);
                waitedNanos += got - began;
                usedNanos += System.nanoTime() - got;
            }
        } finally {
            pending.forEach(each -> each.result().cancel(true));
        }
    }

    long waitedNanos() {
        return waitedNanos;
    }

    long usedNanos() {
        return usedNanos;
    }

    private <R> R await(CompletableFuture<R> result) {
        deadline.check();
        try {
            return result.get(deadline.leftMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw deadline.missed();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unavailable(interrupted);
        } catch (ExecutionException failed) {
            throw unavailable(failed.getCause());
        }
    }

    static BifocalException unavailable(Throwable cause) {
        return cause instanceof BifocalException fault
                ? fault
                : Errors.of(
                        ErrorCode.UNAVAILABLE,
                        "The views cannot be read: " + cause,
                        "Try again; if it stays, see whether the view store is up.",
                        cause);
    }
}
