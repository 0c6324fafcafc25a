package io.bifocal.infra.up;

import io.bifocal.infra.up.UpRecord.PartRecord;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Keeps the parts of one platform running, and writes down what it sees of them in {@link UpRecord}. */
final class Supervisor implements AutoCloseable {
    private static final long POLL_MILLIS = 100;

    private final Home home;
    private final URI url;
    private final Console console;
    private final Instant startedAt;
    private final List<ManagedPart> parts = new ArrayList<>();
    private boolean closed;

    Supervisor(Home home, URI url, List<PartPlan> plans, Clock clock, Console console) {
        this.home = home;
        this.url = url;
        this.console = console;
        this.startedAt = clock.instant();
        plans.forEach(plan -> parts.add(new ManagedPart(plan, clock, console, this::note)));
    }

    void start() {
        note();
        console.say("Starting " + parts.stream().map(ManagedPart::name).collect(Collectors.joining(", ")));
        parts.forEach(ManagedPart::start);
    }

    /** What the parts are doing, in the order in which they were started. */
    List<PartRecord> records() {
        return parts.stream().map(ManagedPart::record).toList();
    }

    /** Waits until the named parts are up; a name that is no part counts as up. False when this was closed meanwhile. */
    boolean awaitUp(Predicate<String> names) {
        return awaitTrue(
                () -> parts.stream().filter(part -> names.test(part.name())).allMatch(ManagedPart::up));
    }

    /** False when this was closed before the condition came true. */
    boolean awaitTrue(BooleanSupplier condition) {
        while (!closed()) {
            if (condition.getAsBoolean()) {
                return true;
            }
            pause();
        }
        return false;
    }

    /** Stops all parts, those that use a server before it; returns when no process is left. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        parts.forEach(ManagedPart::restartNoMore);
        for (String name : PlatformParts.STOPPING) {
            parts.stream().filter(part -> part.name().equals(name)).forEach(part -> {
                console.say("Stopping " + name);
                part.stop();
            });
        }
        UpRecord.forget(home);
    }

    synchronized boolean closed() {
        return closed;
    }

    /** Called by every part's thread; a later state must not be overwritten by an earlier one. */
    private synchronized void note() {
        UpRecord.of(home, url, startedAt, records()).write(home);
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
