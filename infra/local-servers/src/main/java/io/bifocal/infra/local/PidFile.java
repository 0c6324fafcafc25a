package io.bifocal.infra.local;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Which process uses a directory: its pid and, because pids are used again, when it started. */
final class PidFile {
    /** Longer than the grace that a {@link Leash} gives. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path file;

    PidFile(Path file) {
        this.file = file;
    }

    void write(ProcessHandle process) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, process.pid() + " " + startMillis(process));
    }

    /** The process noted, if it is alive. */
    Optional<ProcessHandle> alive() {
        try {
            String[] noted = Files.readString(file).strip().split(" ", -1);
            return ProcessHandle.of(Long.parseLong(noted[0]))
                    .filter(process -> startMillis(process) == Long.parseLong(noted[1]));
        } catch (IOException | RuntimeException absentOrHalfWritten) {
            return Optional.empty();
        }
    }

    /** A dying process may still answer on its ports and write its files: waits for its end, and hastens it if it hangs. */
    void awaitGone(String name) {
        Optional<ProcessHandle> earlier = alive();
        if (earlier.isPresent() && !gone(earlier.get(), PATIENCE)) {
            earlier.get().destroyForcibly();
            if (!gone(earlier.get(), PATIENCE)) {
                throw Errors.of(
                        ErrorCode.ALREADY_RUNNING,
                        "An earlier " + name + ", process " + earlier.get().pid() + ", does not end.",
                        "End it, then start again.");
            }
        }
    }

    private static boolean gone(ProcessHandle process, Duration patience) {
        try {
            process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException stillThere) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for process " + process.pid(), interrupted);
        } catch (ExecutionException impossible) {
            throw new UncheckedIOException(new IOException(impossible));
        }
    }

    private static long startMillis(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
