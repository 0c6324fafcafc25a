package io.bifocal.core.ledger;

import io.bifocal.core.aggregate.Aggregate;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.view.RowCodec;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Reads what the parts that a manifest names say about the records that they cover. */
public final class LedgerReader {
    private static final int SECONDS_PER_DAY = 86_400;

    private final ViewStore views;

    public LedgerReader(ViewStore views) {
        this.views = views;
    }

    /** How many records: those that became events, and those that could not. */
    public record Counts(long events, long quarantined) {
        public static final Counts NONE = new Counts(0, 0);

        public Counts plus(Counts other) {
            return new Counts(events + other.events, quarantined + other.quarantined);
        }

        public long all() {
            return events + quarantined;
        }
    }

    /** What a manifest's parts cover. */
    public Map<LedgerCell, Counts> read(Manifest manifest, View ledger) {
        List<CompletableFuture<Map<LedgerCell, Counts>>> reads = new ArrayList<>();
        if (!manifest.generation().none()) {
            reads.add(part(manifest.model(), manifest.generation(), ledger));
        }
        for (Part part : manifest.chain()) {
            if (!part.empty() && part.kind() != Part.Kind.HOLE) {
                reads.add(part(manifest.model(), part, ledger));
            }
        }
        Map<LedgerCell, Counts> merged = new TreeMap<>();
        for (CompletableFuture<Map<LedgerCell, Counts>> read : reads) {
            join(read).forEach((cell, counts) -> merged.merge(cell, counts, Counts::plus));
        }
        return merged;
    }

    /** What each part of a manifest covers, the generation first. */
    public List<LedgerComparison.Covered> readParts(Manifest manifest, View ledger) {
        List<LedgerComparison.Covered> parts = new ArrayList<>();
        if (!manifest.generation().none()) {
            parts.add(LedgerComparison.Covered.of(
                    Positions.NONE,
                    manifest.generation().cut(),
                    join(part(manifest.model(), manifest.generation(), ledger))));
        }
        for (Part part : manifest.chain()) {
            if (!part.empty() && part.kind() != Part.Kind.HOLE) {
                parts.add(LedgerComparison.Covered.of(
                        part.from(), part.to(), join(part(manifest.model(), part, ledger))));
            }
        }
        return parts;
    }

    private CompletableFuture<Map<LedgerCell, Counts>> part(String model, Generation generation, View ledger) {
        return part(model, generation.part(), Integer.MAX_VALUE, ledger);
    }

    private CompletableFuture<Map<LedgerCell, Counts>> part(String model, Part part, View ledger) {
        // Rule 2: micro-batches that are not committed do not exist.
        int batches = part.kind() == Part.Kind.LIVE ? part.batches() : Integer.MAX_VALUE;
        return part(model, part.id(), batches, ledger);
    }

    private CompletableFuture<Map<LedgerCell, Counts>> part(String model, String part, int batches, View ledger) {
        return views.index(model, part)
                .thenCompose(days -> days(model, days, batches, ledger))
                .toCompletableFuture();
    }

    private CompletionStage<Map<LedgerCell, Counts>> days(String model, List<PartDay> index, int batches, View ledger) {
        List<CompletableFuture<List<ViewRow>>> days = index.stream()
                .filter(day -> day.view().equals(View.LEDGER))
                .map(day -> views.rows(
                                model,
                                day.source(),
                                ledger,
                                day.day(),
                                (long) day.day() * SECONDS_PER_DAY,
                                (day.day() + 1L) * SECONDS_PER_DAY)
                        .toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(days.toArray(CompletableFuture[]::new)).thenApply(done -> {
            Map<LedgerCell, Counts> cells = new TreeMap<>();
            days.forEach(rows ->
                    rows.join().stream().filter(row -> row.batch() <= batches).forEach(row -> add(row, ledger, cells)));
            return cells;
        });
    }

    private static void add(ViewRow row, View ledger, Map<LedgerCell, Counts> cells) {
        Object[] key = RowCodec.decodeKey(ledger.dimensionTypes(), row.key());
        Aggregate<Object> count = RowCodec.at(ledger.aggregates(), 0);
        long records = (Long) count.result(RowCodec.decodeStates(ledger.aggregates(), row.states())[0]);
        boolean quarantined = (Boolean) key[2];
        cells.merge(
                new LedgerCell((String) key[0], Math.toIntExact((Long) key[1]), row.bucket()),
                quarantined ? new Counts(0, records) : new Counts(records, 0),
                Counts::plus);
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failure;
        }
    }
}
