package io.bifocal.serving.storage;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The core's stores for beans that are made before Cassandra is connected: each call finds the connected store. What queries
 * read goes through the circuit breaker.
 */
@Singleton
final class DeferredStores {
    @Produces
    @Singleton
    ManifestStore manifests(Storage storage, ReadGuard guard) {
        return new DeferredManifests(storage, guard);
    }

    @Produces
    @Singleton
    ViewStore views(Storage storage, ReadGuard guard) {
        return new DeferredViews(storage, guard);
    }

    private record DeferredManifests(Storage storage, ReadGuard guard) implements ManifestStore {
        @Override
        public Optional<Manifest> read(String model) {
            return guard.read(() -> storage.manifests().read(model));
        }

        @Override
        public boolean create(Manifest manifest) {
            return storage.manifests().create(manifest);
        }

        @Override
        public boolean replace(Manifest current, Manifest next) {
            return storage.manifests().replace(current, next);
        }
    }

    private record DeferredViews(Storage storage, ReadGuard guard) implements ViewStore {
        @Override
        public void register(String model, String part) {
            storage.views().register(model, part);
        }

        @Override
        public List<String> parts(String model) {
            return storage.views().parts(model);
        }

        @Override
        public void write(String model, String part, Collection<ViewRow> rows) {
            storage.views().write(model, part, rows);
        }

        @Override
        public void writeIndex(String model, String part, Collection<PartDay> days) {
            storage.views().writeIndex(model, part, days);
        }

        @Override
        public CompletionStage<List<PartDay>> index(String model, String part) {
            return guard.readLater(() -> storage.views().index(model, part));
        }

        @Override
        public CompletionStage<List<ViewRow>> rows(
                String model, String source, View view, int day, long from, long to) {
            return guard.readLater(() -> storage.views().rows(model, source, view, day, from, to));
        }

        @Override
        public void drop(String model, String part) {
            storage.views().drop(model, part);
        }

        @Override
        public void dropDays(String model, String part, Collection<PartDay> days) {
            storage.views().dropDays(model, part, days);
        }
    }
}
