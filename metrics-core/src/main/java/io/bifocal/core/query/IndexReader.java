package io.bifocal.core.query;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.query.QueryPlanner.Indexed;
import io.bifocal.core.query.Snapshot.Role;
import io.bifocal.core.query.Snapshot.Source;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Reads indexes of parts, and remembers them: of a live part as of so many micro-batches, since what a micro-batch adds to its
 * index is written before its commit.
 */
final class IndexReader {
    private static final int REMEMBERED = 256;

    private record Name(String model, String part) {}

    private record Known(int batches, List<PartDay> days) {}

    private final ViewStore views;
    private final Map<Name, Known> remembered = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Name, Known> eldest) {
            return size() > REMEMBERED;
        }
    });

    IndexReader(ViewStore views) {
        this.views = views;
    }

    /**
     * The indexes of all parts that have one.
     *
     * @throws BifocalException {@code UNAVAILABLE} where a part has records and no index: its rows are missing
     */
    List<Indexed> read(String model, List<Source> sources, OrderedReads reads) {
        List<Indexed> indexes = new ArrayList<>();
        reads.each(
                sources.stream().filter(source -> source.role() != Role.HOLE).toList(),
                source -> index(model, source),
                (source, days) -> indexes.add(checked(model, source, days)));
        return indexes;
    }

    static BifocalException missing(String model, String part) {
        return Errors.of(
                ErrorCode.UNAVAILABLE,
                "Rows of the part " + part + " of " + model + ", which the manifest names, are missing.",
                "Recompute the model in full; until then its answers would be too small.",
                Map.of("model", model, "part", part));
    }

    private CompletionStage<List<PartDay>> index(String model, Source source) {
        Known known = remembered.get(new Name(model, source.part()));
        return known != null && known.batches() == source.batches()
                ? CompletableFuture.completedFuture(known.days())
                : views.index(model, source.part());
    }

    private Indexed checked(String model, Source source, List<PartDay> days) {
        if (days.isEmpty() && source.records() > 0) {
            throw missing(model, source.part());
        }
        remembered.put(new Name(model, source.part()), new Known(source.batches(), days));
        return new Indexed(source, days);
    }
}
