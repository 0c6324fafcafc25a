package io.bifocal.infra.up;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** Keeps a home to one {@code up}. The operating system lets go of it when its process ends, however that ends. */
final class HomeLock implements AutoCloseable {
    private final FileChannel channel;

    private HomeLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock, or refuses with the pid of who has it. */
    static HomeLock take(Home home) {
        try {
            FileChannel channel = FileChannel.open(home.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw inUse(home);
            }
            return new HomeLock(channel);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException sameProcess) {
            return false;
        }
    }

    private static BifocalException inUse(Home home) {
        long pid = UpRecord.read(home).map(UpRecord::pid).orElse(0L);
        String who = pid == 0 ? "a process that is just starting" : "process " + pid;
        return Errors.of(
                ErrorCode.ALREADY_RUNNING,
                "A platform already runs in " + home.root() + ": " + who + ".",
                "Stop it with ./bifocal down --home " + home.root() + ", or give another --home.",
                Map.of("pid", pid, "home", home.root().toString()));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
