package io.bifocal.infra.up;

import io.bifocal.infra.local.ServerCommand;
import io.bifocal.infra.up.UpRecord.PartRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Keeps one part running: starts its process, notices when it is ready and when it dies, and starts the next. */
final class ManagedPart {
    private static final Duration READY_POLL = Duration.ofMillis(200);

    private final String name;
    private final PartPlan plan;
    private final Clock clock;
    private final Console console;
    private final Runnable changed;
    private final Backoff backoff = new Backoff();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;

    private Process process;
    private PartRecord record;

    /** @param changed is called after every change of {@link #record()} */
    ManagedPart(PartPlan plan, Clock clock, Console console, Runnable changed) {
        this.name = plan.name();
        this.plan = plan;
        this.clock = clock;
        this.console = console;
        this.changed = changed;
        this.record = new PartRecord(name, null, null, PartState.STARTING, 0, clock.instant());
        this.thread = new Thread(this::keepRunning, "part-" + name);
        thread.setDaemon(true);
    }

    String name() {
        return name;
    }

    void start() {
        thread.start();
    }

    synchronized PartRecord record() {
        return record;
    }

    boolean up() {
        return record().state() == PartState.UP;
    }

    /** From now on a process that ends is not followed by another. */
    void restartNoMore() {
        stopping.countDown();
    }

    /** Asks the process to end, ends it if it does not within the plan's patience, and its descendants with it. */
    void stop() {
        restartNoMore();
        Duration patience = plan.patience();
        Process running = running();
        if (running != null && running.isAlive()) {
            List<ProcessHandle> descendants = running.descendants().toList();
            running.destroy();
            if (!ended(running, patience)) {
                console.say(name + " did not stop within " + patience.toSeconds() + " s and is killed");
                running.destroyForcibly();
                ended(running, patience);
            }
            descendants.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
        }
        awaitThread(patience);
        become(PartState.DOWN, null);
    }

    private void awaitThread(Duration patience) {
        try {
            thread.join(patience.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Process running() {
        return process;
    }

    private void keepRunning() {
        ServerCommand command = null;
        while (!stopped()) {
            long begun = System.nanoTime();
            String end;
            try {
                if (command == null) {
                    command = PartCommand.deafToTerminal(plan.preparation().get());
                }
                end = runOnce(command);
            } catch (RuntimeException failure) {
                end = "could not be started: " + failure.getMessage();
            }
            if (!stopped()) {
                pause(end, backoff.after(Duration.ofNanos(System.nanoTime() - begun)));
            }
        }
    }

    /** Lives through one process, and says how it ended. */
    private String runOnce(ServerCommand command) {
        long begun = System.nanoTime();
        Process started = begin(command);
        if (started == null) {
            return "was not started";
        }
        while (!ended(started, READY_POLL)) {
            if (command.ready().answers()) {
                become(PartState.UP, started);
                tellUp(System.nanoTime() - begun);
                await(started);
            }
        }
        return "died (exit code " + started.exitValue() + "); see " + command.logFile();
    }

    private void tellUp(long nanos) {
        if (!stopped()) {
            console.say(String.format(Locale.ROOT, "%s is up after %.1f s", name, nanos / 1e9));
        }
    }

    /** The next process; null when this part was stopped meanwhile. */
    private Process begin(ServerCommand command) {
        Process started = command.start();
        synchronized (this) {
            process = started;
        }
        // Whoever stops this part either sees the process, or is seen here.
        if (stopped()) {
            started.destroyForcibly();
            return null;
        }
        become(PartState.STARTING, started);
        return started;
    }

    private void pause(String end, Duration pause) {
        console.say(name + " " + end + ". Starting it again in " + pause.toSeconds() + " s");
        become(PartState.RESTARTING, null);
        try {
            if (!stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                countRestart();
            }
        } catch (InterruptedException interrupted) {
            restartNoMore();
        }
    }

    private boolean stopped() {
        return stopping.getCount() == 0;
    }

    private static boolean ended(Process process, Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    private static void await(Process process) {
        try {
            process.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void countRestart() {
        update(new PartRecord(name, null, null, PartState.STARTING, record().restarts() + 1, clock.instant()));
    }

    private void become(PartState state, Process process) {
        ProcessId id = process == null ? null : ProcessId.of(process.toHandle());
        Long pid = id == null ? null : id.pid();
        Instant startedAt = id == null ? null : id.startedAt();
        update(new PartRecord(name, pid, startedAt, state, record().restarts(), clock.instant()));
    }

    private void update(PartRecord next) {
        synchronized (this) {
            // A process that became ready while it was being stopped is down all the same.
            if (record.state() == PartState.DOWN) {
                return;
            }
            record = next;
        }
        changed.run();
    }
}
