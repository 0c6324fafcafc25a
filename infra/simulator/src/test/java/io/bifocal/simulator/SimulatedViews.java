package io.bifocal.simulator;

import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** A view store with a pause before each operation and between any two rows: others may go on there, and the actor may die. */
record SimulatedViews(ViewStore store, Scheduler scheduler, Set<Rule> off) implements ViewStore {
    @Override
    public void register(String model, String part) {
        scheduler.pause();
        store.register(model, part);
    }

    @Override
    public List<String> parts(String model) {
        scheduler.pause();
        return store.parts(model);
    }

    @Override
    public void write(String model, String part, Collection<ViewRow> rows) {
        for (ViewRow row : rows) {
            scheduler.pause();
            store.write(model, part, List.of(off.contains(Rule.WRITER_IN_KEY) ? withWriter(row, 0) : row));
        }
    }

    @Override
    public void writeIndex(String model, String part, Collection<PartDay> days) {
        scheduler.pause();
        store.writeIndex(model, part, days);
    }

    @Override
    public CompletionStage<List<PartDay>> index(String model, String part) {
        scheduler.pause();
        return store.index(model, part);
    }

    @Override
    public CompletionStage<List<ViewRow>> rows(String model, String source, View view, int day, long from, long to) {
        scheduler.pause();
        CompletionStage<List<ViewRow>> rows = store.rows(model, source, view, day, from, to);
        return off.contains(Rule.COMMITTED_BATCHES_EXIST)
                ? rows.thenApply(
                        all -> all.stream().map(row -> withBatch(row, 0)).toList())
                : rows;
    }

    @Override
    public void drop(String model, String part) {
        scheduler.pause();
        store.drop(model, part);
    }

    @Override
    public void dropDays(String model, String part, Collection<PartDay> days) {
        if (off.contains(Rule.CARRIED_DAYS)) {
            store.drop(model, part);
        }
        for (PartDay day : days) {
            scheduler.pause();
            store.dropDays(model, part, List.of(day));
        }
    }

    private static ViewRow withWriter(ViewRow row, int writer) {
        return new ViewRow(
                row.view(), row.day(), row.shard(), row.bucket(), row.key(), row.batch(), writer, row.states());
    }

    private static ViewRow withBatch(ViewRow row, int batch) {
        return new ViewRow(
                row.view(), row.day(), row.shard(), row.bucket(), row.key(), batch, row.writer(), row.states());
    }
}
