package io.bifocal.infra.local;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A started server: its end can be waited for, asked for, or brought about. */
public final class ServerProcess implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(15);
    private static final long POLL_MILLIS = 50;
    private static final int TAIL_LINES = 15;

    private final ServerCommand command;
    private final Process process;

    private ServerProcess(ServerCommand command, Process process) {
        this.command = command;
        this.process = process;
    }

    public static ServerProcess start(ServerCommand command) {
        return new ServerProcess(command, command.start());
    }

    public Process process() {
        return process;
    }

    /** Waits until the server answers its clients. */
    public void awaitReady(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!command.ready().answers()) {
            if (!process.isAlive()) {
                throw unavailable("ended with exit code " + process.exitValue() + " while it started");
            }
            if (System.nanoTime() > deadline) {
                kill();
                throw unavailable("was not ready within " + patience.toSeconds() + " s");
            }
            waitFor(POLL_MILLIS);
        }
    }

    /** Asks the server to stop, and returns when its process is gone. */
    @Override
    public void close() {
        process.destroy();
        if (!waitFor(GRACE.toMillis())) {
            kill();
        }
    }

    /** As {@code kill -9}; returns when the process is gone. */
    public void kill() {
        process.destroyForcibly();
        if (!waitFor(GRACE.toMillis())) {
            throw unavailable("cannot be killed");
        }
    }

    private boolean waitFor(long millis) {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + command.name(), interrupted);
        }
    }

    private RuntimeException unavailable(String problem) {
        return Errors.of(
                ErrorCode.UNAVAILABLE,
                command.name() + " " + problem + ". The last lines of its log:\n" + logTail(),
                "Read " + command.logFile() + ".");
    }

    private String logTail() {
        try {
            List<String> lines = new String(Files.readAllBytes(command.logFile()), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException failure) {
            return "(cannot be read: " + failure.getMessage() + ")";
        }
    }
}
