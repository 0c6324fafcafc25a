package io.bifocal.speed;

import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store that takes everything and keeps nothing. */
final class Nowhere implements ViewStore, ViewStoreSource {
    private static final long serialVersionUID = 1L;

    @Override
    public ViewStore store() {
        return this;
    }

    @Override
    public void register(String model, String part) {}

    @Override
    public List<String> parts(String model) {
        return List.of();
    }

    @Override
    public void write(String model, String part, Collection<ViewRow> rows) {}

    @Override
    public void writeIndex(String model, String part, Collection<PartDay> days) {}

    @Override
    public CompletionStage<List<PartDay>> index(String model, String part) {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public CompletionStage<List<ViewRow>> rows(String model, String source, View view, int day, long from, long to) {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public void drop(String model, String part) {}

    @Override
    public void dropDays(String model, String part, Collection<PartDay> days) {}
}
