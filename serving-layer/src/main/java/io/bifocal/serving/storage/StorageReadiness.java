package io.bifocal.serving.storage;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready before the stores are connected, nor while they fail to answer. */
@Readiness
@Singleton
final class StorageReadiness implements HealthCheck {
    private final Storage storage;
    private final ReadGuard guard;

    StorageReadiness(Storage storage, ReadGuard guard) {
        this.storage = storage;
        this.guard = guard;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("cassandra")
                .status(storage.connected() && guard.closed())
                .withData("connected", storage.connected())
                .withData("answers", guard.closed())
                .build();
    }
}
