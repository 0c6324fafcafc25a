package io.bifocal.infra.up;

import java.time.Instant;
import java.util.Optional;

/**
 * One life of one process. Numbers of processes are given again after their end, so a number alone must never be signalled;
 * together with the start it names one process.
 *
 * @param startedAt as the operating system tells it; the epoch where it does not
 */
public record ProcessId(long pid, Instant startedAt) {

    public static ProcessId of(ProcessHandle handle) {
        return new ProcessId(handle.pid(), handle.info().startInstant().orElse(Instant.EPOCH));
    }

    public static ProcessId current() {
        return of(ProcessHandle.current());
    }

    /** The process while it lives. */
    public Optional<ProcessHandle> handle() {
        return ProcessHandle.of(pid)
                .filter(handle -> handle.isAlive()
                        && handle.info().startInstant().orElse(Instant.EPOCH).equals(startedAt));
    }

    public boolean alive() {
        return handle().isPresent();
    }
}
