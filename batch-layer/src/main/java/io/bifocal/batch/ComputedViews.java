package io.bifocal.batch;

import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Rows of one part that are stored nowhere, for the query engine to read. */
final class ComputedViews implements ViewStore {
    private record Day(String view, int day) {}

    private final Map<Day, List<ViewRow>> days;
    private final String part;

    ComputedViews(String part, List<ViewRow> rows) {
        this.part = part;
        this.days = rows.stream().collect(Collectors.groupingBy(row -> new Day(row.view(), row.day())));
    }

    @Override
    public CompletionStage<List<PartDay>> index(String model, String asked) {
        List<PartDay> index = new ArrayList<>();
        days.forEach((day, rows) -> index.add(new PartDay(day.view(), day.day(), part, rows.size())));
        return CompletableFuture.completedFuture(index);
    }

    @Override
    public CompletionStage<List<ViewRow>> rows(String model, String source, View view, int day, long from, long to) {
        return CompletableFuture.completedFuture(days.getOrDefault(new Day(view.name(), day), List.of()).stream()
                .filter(row -> from <= row.bucket() && row.bucket() < to)
                .toList());
    }

    @Override
    public List<String> parts(String model) {
        return List.of(part);
    }

    @Override
    public void register(String model, String id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void write(String model, String id, Collection<ViewRow> rows) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void writeIndex(String model, String id, Collection<PartDay> index) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void drop(String model, String id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void dropDays(String model, String id, Collection<PartDay> dropped) {
        throw new UnsupportedOperationException();
    }
}
