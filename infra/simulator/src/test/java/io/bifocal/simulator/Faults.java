package io.bifocal.simulator;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The stores as actors see them: at each touch others may go on, and the actor may die. */
final class Faults {
    private Faults() {}

    /** A rule of the cut, switched off, to show that the simulator would notice. */
    enum Dropped {
        NOTHING,
        /** Rule 4: the manifest is overwritten whatever its version. */
        COMPARE_AND_SET,
        /** Rule 5: a micro-batch is committed before its rows are written. */
        ROWS_BEFORE_COMMIT,
        /** Rule 2: rows of micro-batches that were never committed are read. */
        COMMITTED_BATCHES_ONLY,
        /** Rows of two tasks with one key overwrite each other. */
        WRITER_IN_KEY,
        /** Rule 7: a new start of the speed job goes on under the last one's run and part. */
        NEW_RUN,
        /** Rule 9: days that late events touch are carried over. */
        TOUCHED_DAYS,
        /** Rule 12: rows are deleted as soon as no manifest names them. */
        GRACE,
        /** Rule 12: ids that were never named are deleted without being condemned first. */
        CONDEMNING
    }

    /** A manifest store with a pause before and after each operation. */
    record Manifests(ManifestStore store, Scheduler scheduler, Dropped dropped) implements ManifestStore {
        @Override
        public Optional<Manifest> read(String model) {
            scheduler.pause();
            Optional<Manifest> manifest = store.read(model);
            scheduler.pause();
            return manifest;
        }

        @Override
        public boolean create(Manifest manifest) {
            scheduler.pause();
            return store.create(manifest);
        }

        @Override
        public boolean replace(Manifest current, Manifest next) {
            scheduler.pause();
            Manifest expected = dropped == Dropped.COMPARE_AND_SET
                    ? store.read(current.model()).orElseThrow()
                    : current;
            boolean replaced = store.replace(expected, next);
            scheduler.pause();
            return replaced;
        }
    }

    /** A view store with a pause before each operation and between any two rows. */
    record Views(ViewStore store, Scheduler scheduler, Dropped dropped) implements ViewStore {
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
                store.write(model, part, List.of(dropped == Dropped.WRITER_IN_KEY ? withWriter(row, 0) : row));
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
        public CompletionStage<List<ViewRow>> rows(
                String model, String source, View view, int day, long from, long to) {
            scheduler.pause();
            return store.rows(model, source, view, day, from, to)
                    .thenApply(rows -> dropped == Dropped.COMMITTED_BATCHES_ONLY
                            ? rows.stream().map(row -> withBatch(row, 0)).toList()
                            : new ArrayList<>(rows));
        }

        @Override
        public void drop(String model, String part) {
            scheduler.pause();
            store.drop(model, part);
        }

        @Override
        public void dropDays(String model, String part, Collection<PartDay> days) {
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
}
