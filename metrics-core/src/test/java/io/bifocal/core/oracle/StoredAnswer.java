package io.bifocal.core.oracle;

import io.bifocal.core.aggregate.Aggregate;
import io.bifocal.core.aggregate.Aggregate.Bounds;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Part;
import io.bifocal.core.oracle.Oracle.Group;
import io.bifocal.core.view.RetainedDays;
import io.bifocal.core.view.RowCodec;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** All of one view that a manifest names, read and merged the plain way: without planning, range or concurrency. */
public final class StoredAnswer {
    private StoredAnswer() {}

    /** One metric of one group. */
    public record Value(Object result, Optional<Bounds> bounds) {}

    /** The values of a view's aggregates in their order, by bucket and key. */
    public static Map<Group, List<Value>> of(ViewStore store, Manifest manifest, View view) {
        return of(view, rows(store, manifest, view));
    }

    /** The same from rows alone. */
    public static Map<Group, List<Value>> of(View view, List<ViewRow> rows) {
        List<Aggregate<?>> aggregates = view.aggregates();
        Map<Group, Object[]> merged = new LinkedHashMap<>();
        for (ViewRow row : rows) {
            Group group = new Group(row.bucket(), Arrays.asList(RowCodec.decodeKey(view.dimensionTypes(), row.key())));
            Object[] states = RowCodec.decodeStates(aggregates, row.states());
            merged.merge(group, states, (left, right) -> {
                for (int i = 0; i < left.length; i++) {
                    left[i] = RowCodec.at(aggregates, i).merge(left[i], right[i]);
                }
                return left;
            });
        }
        Map<Group, List<Value>> answer = new LinkedHashMap<>();
        merged.forEach((group, states) -> answer.put(
                group,
                IntStream.range(0, states.length)
                        .mapToObj(i -> new Value(
                                RowCodec.at(aggregates, i).result(states[i]),
                                RowCodec.at(aggregates, i).bounds(states[i])))
                        .toList()));
        return answer;
    }

    /** Every row of a view that a manifest names, and whose day its generation shows. */
    public static List<ViewRow> rows(ViewStore store, Manifest manifest, View view) {
        RetainedDays shown = manifest.generation().retained();
        List<ViewRow> rows = new ArrayList<>();
        if (!manifest.generation().none()) {
            rows.addAll(rows(store, manifest.model(), manifest.generation().part(), view, shown));
        }
        for (Part part : manifest.chain()) {
            rows(store, manifest.model(), part.id(), view, shown).stream()
                    .filter(row -> part.committed(row.batch()))
                    .forEach(rows::add);
        }
        return rows;
    }

    private static List<ViewRow> rows(ViewStore store, String model, String part, View view, RetainedDays shown) {
        List<ViewRow> rows = new ArrayList<>();
        for (PartDay day :
                shown.of(store.index(model, part).toCompletableFuture().join())) {
            if (day.view().equals(view.name())) {
                rows.addAll(store.rows(model, day.source(), view, day.day(), Long.MIN_VALUE, Long.MAX_VALUE)
                        .toCompletableFuture()
                        .join());
            }
        }
        return rows;
    }
}
