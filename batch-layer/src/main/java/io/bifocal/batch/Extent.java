package io.bifocal.batch;

import io.bifocal.core.cut.GenerationWriter.ViewDay;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewStore.PartDay;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which days a generation recomputes: always those that new records fall into, and beside them those of a range, or all.
 *
 * @param everything whether nothing is carried over
 * @param range whose days are recomputed though nothing touched them; of event time
 */
record Extent(boolean everything, Optional<Range> range) {
    /** Event times from {@code from} up to, excluding, {@code to}. */
    record Range(Instant from, Instant to) implements Serializable {
        boolean holds(Instant time) {
            return !time.isBefore(from) && time.isBefore(to);
        }
    }

    static final Extent TOUCHED_DAYS = new Extent(false, Optional.empty());
    static final Extent ALL_DAYS = new Extent(true, Optional.empty());

    static Extent and(Range range) {
        return new Extent(false, Optional.of(range));
    }

    /** Days of the rollups that a generation's index names and the range touches. */
    Set<ViewDay> named(List<PartDay> index, List<View> views) {
        if (range.isEmpty()) {
            return Set.of();
        }
        return index.stream()
                .filter(day ->
                        views.stream().anyMatch(view -> view.name().equals(day.view()) && holds(view, day.day())))
                .map(day -> new ViewDay(day.view(), day.day()))
                .collect(Collectors.toSet());
    }

    private boolean holds(View view, int day) {
        return view.rollup()
                && range.filter(some -> view.grid().dayStart(day) < some.to().getEpochSecond()
                                && view.grid().dayStart(day + 1) > some.from().getEpochSecond())
                        .isPresent();
    }
}
