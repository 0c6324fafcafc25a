package io.bifocal.infra.up;

import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Keeps what the platform last said about its models in {@link ModelRecord}. */
final class ModelWatch {
    private static final long PAUSE_SECONDS = 5;

    private final HealthProbe platform;
    private final Home home;
    private final Clock clock;
    private final BooleanSupplier over;

    ModelWatch(HealthProbe platform, Home home, Clock clock, BooleanSupplier over) {
        this.platform = platform;
        this.home = home;
        this.clock = clock;
        this.over = over;
    }

    void start() {
        Thread thread = new Thread(this::run, "models");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!over.getAsBoolean()) {
            platform.models().ifPresent(models -> new ModelRecord(clock.instant(), models).write(home));
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(PAUSE_SECONDS));
        }
    }
}
