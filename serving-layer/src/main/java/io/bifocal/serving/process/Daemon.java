package io.bifocal.serving.process;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** A timer whose thread keeps no process alive. */
final class Daemon {
    private Daemon() {}

    static ScheduledExecutorService timer(String name) {
        return Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
    }
}
