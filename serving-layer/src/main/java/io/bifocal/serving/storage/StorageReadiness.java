package io.bifocal.serving.storage;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready before the stores are connected. */
@Readiness
@Singleton
final class StorageReadiness implements HealthCheck {
    private final Storage storage;

    StorageReadiness(Storage storage) {
        this.storage = storage;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("cassandra")
                .status(storage.connected())
                .build();
    }
}
