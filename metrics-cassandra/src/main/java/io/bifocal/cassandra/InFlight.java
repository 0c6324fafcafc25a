package io.bifocal.cassandra;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Bounds how many requests are under way at once. Those that wait are not built yet: they cost a reference each, where the
 * driver's own queue would hold their bytes.
 */
final class InFlight {
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int free;

    InFlight(int limit) {
        this.free = limit;
    }

    /** Sends a request as soon as there is room. */
    <T> CompletableFuture<T> submit(Supplier<? extends CompletionStage<T>> request) {
        CompletableFuture<T> result = new CompletableFuture<>();
        enter(() -> send(request, result));
        return result;
    }

    private <T> void send(Supplier<? extends CompletionStage<T>> request, CompletableFuture<T> result) {
        CompletionStage<T> answer;
        try {
            answer = request.get();
        } catch (RuntimeException failure) {
            answer = CompletableFuture.failedFuture(failure);
        }
        answer.whenComplete((value, failure) -> {
            leave();
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
        });
    }

    private void enter(Runnable send) {
        synchronized (waiting) {
            if (free == 0) {
                waiting.add(send);
                return;
            }
            free--;
        }
        send.run();
    }

    private void leave() {
        Runnable next;
        synchronized (waiting) {
            next = waiting.poll();
            if (next == null) {
                free++;
                return;
            }
        }
        next.run();
    }
}
