package io.bifocal.infra.demo;

import io.bifocal.infra.ingest.Publisher;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Publishes the shop's events as time goes by, until it is closed. */
public final class ShopStream implements AutoCloseable {
    private static final int HISTORY_EVENTS = 20_000;

    private final ShopEvents events;
    private final Publisher publisher;
    private final Clock clock;
    private final Thread thread = new Thread(this::run, "shop");
    private volatile boolean closed;

    public ShopStream(ShopEvents events, Publisher publisher, Clock clock) {
        this.events = events;
        this.publisher = publisher;
        this.clock = clock;
        thread.setDaemon(true);
    }

    /** Begins with a day's history, all at once. */
    public void start() {
        thread.start();
    }

    public long published() {
        return publisher.acknowledged();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        for (int i = 0; i < HISTORY_EVENTS && !closed; i++) {
            publisher.publish(events.next(events.earlier(clock.instant())));
        }
        while (!closed) {
            publisher.publish(events.next(clock.instant()));
            LockSupport.parkNanos((long) (TimeUnit.SECONDS.toNanos(1) / ShopEvents.perSecond(clock.instant())));
        }
        publisher.close();
    }
}
