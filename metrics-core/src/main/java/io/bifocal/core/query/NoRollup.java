package io.bifocal.core.query;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Model;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeGrid;
import io.bifocal.core.view.View;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Explains why no rollup can answer a query, and what would help: other bounds, another zone, or another rollup. */
final class NoRollup {
    private final Model model;
    private final Query query;
    private final Span span;
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> remedies = new ArrayList<>();

    NoRollup(Model model, Query query, Span span) {
        this.model = model;
        this.query = query;
        this.span = span;
    }

    /**
     * The fault.
     *
     * @param covering the views that have all the dimensions, none of which composes the range
     * @param heldDays of a view, within the range
     */
    BifocalException fault(List<View> covering, Function<View, SortedSet<Integer>> heldDays, List<String> dimensions) {
        if (covering.isEmpty()) {
            problems.add("none has the dimensions " + String.join(", ", dimensions) + " together");
        } else {
            View finest = covering.stream()
                    .min(Comparator.<View, Granularity>comparing(
                                    view -> view.grid().granularity())
                            .thenComparing(view ->
                                    !view.grid().zone().equals(query.time().zone())))
                    .orElseThrow();
            bounds("from", query.time().from(), finest.grid());
            if (query.time().from().isEmpty() || Span.fits(query.time().from(), finest.grid())) {
                bounds("the first window's start", span.range().from(), finest.grid());
            }
            bounds("to", query.time().to(), finest.grid());
            buckets(finest, heldDays.apply(finest));
        }
        suggestion(dimensions).ifPresent(yaml -> {
            values.put("rollup", yaml);
            remedies.add("add this rollup to the model: " + yaml);
        });
        return Errors.of(
                ErrorCode.NO_ROLLUP,
                "No rollup of " + model.name() + " can answer this: " + String.join("; ", problems) + ".",
                remedies.isEmpty() ? "Ask for coarser rows." : capitalized(String.join(", or ", remedies)) + ".",
                values);
    }

    private void bounds(String name, Optional<Instant> bound, TimeGrid grid) {
        if (Span.fits(bound, grid)) {
            return;
        }
        long before = grid.floor(bound.get().getEpochSecond());
        List<String> nearest = Stream.of(before, grid.next(before))
                .map(second -> Instant.ofEpochSecond(second).toString())
                .toList();
        values.put(name, nearest);
        problems.add(name + " is " + bound.get() + ", within a bucket of the finest rollup (" + describe(grid) + ")");
        remedies.add("let " + name + " be " + String.join(" or ", nearest));
    }

    private void buckets(View view, SortedSet<Integer> held) {
        if (query.time().granularity().isEmpty()) {
            return;
        }
        Granularity granularity = query.time().granularity().get();
        ZoneId zone = query.time().zone();
        if (fits(view, granularity, zone, held)) {
            return;
        }
        problems.add("buckets of the finest rollup (" + describe(view.grid()) + ") do not add up to a "
                + granularity.text() + " in " + zone.getId());
        List<String> granularities = Arrays.stream(Granularity.values())
                .filter(each -> fits(view, each, zone, held))
                .map(Granularity::text)
                .toList();
        List<String> zones = nearZones(view.grid(), zone)
                .filter(each -> fits(view, granularity, each, held))
                .map(ZoneId::getId)
                .map(id -> id.equals("Z") ? "UTC" : id)
                .distinct()
                .toList();
        note("granularities", "ask for one of the granularities ", granularities);
        note("zones", "ask in one of the zones ", zones);
    }

    private void note(String name, String remedy, List<String> those) {
        if (!those.isEmpty()) {
            values.put(name, those);
            remedies.add(remedy + String.join(", ", those));
        }
    }

    private boolean fits(View view, Granularity granularity, ZoneId zone, SortedSet<Integer> held) {
        return QueryPlanner.composes(view.grid(), new TimeGrid(granularity, zone), span, held);
    }

    /** The offsets next to the zone's that are whole buckets, then the rollup's own zone. */
    private Stream<ZoneId> nearZones(TimeGrid grid, ZoneId zone) {
        Instant at = query.time().from().or(() -> query.time().to()).orElse(Instant.EPOCH);
        int offset = zone.getRules().getOffset(at).getTotalSeconds();
        int step = grid.granularity().seconds();
        if (step == 0) {
            return Stream.of(grid.zone());
        }
        int below = Math.floorDiv(offset, step) * step;
        int above = below + step;
        boolean nearer = above - offset <= offset - below;
        return Stream.of(
                ZoneOffset.ofTotalSeconds(nearer ? above : below),
                ZoneOffset.ofTotalSeconds(nearer ? below : above),
                grid.zone());
    }

    /** The coarsest rollup that would answer the query, as a line of a model file. */
    private Optional<String> suggestion(List<String> dimensions) {
        return Stream.of(
                        new TimeGrid(Granularity.DAY, ZoneOffset.UTC),
                        new TimeGrid(Granularity.DAY, query.time().zone()),
                        new TimeGrid(Granularity.HOUR, ZoneOffset.UTC),
                        new TimeGrid(Granularity.QUARTER_HOUR, ZoneOffset.UTC),
                        new TimeGrid(Granularity.MINUTE, ZoneOffset.UTC))
                .filter(grid -> QueryPlanner.composes(grid, query, span, aYear(grid)))
                .findFirst()
                .map(grid -> "{name: " + freeName(dimensions, grid.granularity())
                        + ", granularity: " + grid.granularity().text()
                        + (grid.zone().equals(ZoneOffset.UTC)
                                ? ""
                                : ", zone: " + grid.zone().getId())
                        + ", dimensions: [" + String.join(", ", dimensions) + "]}");
    }

    private String freeName(List<String> dimensions, Granularity granularity) {
        Set<String> taken = model.rollups().stream().map(Model.Rollup::name).collect(Collectors.toSet());
        String plain = dimensions.isEmpty() ? "total" : "by_" + String.join("_and_", dimensions);
        String finer = plain + "_per_" + granularity.text();
        return Stream.concat(
                        Stream.of(plain, finer),
                        IntStream.iterate(2, i -> i + 1).mapToObj(i -> finer + "_" + i))
                .filter(name -> !taken.contains(name))
                .findFirst()
                .orElseThrow();
    }

    /** Days by which a rollup that does not exist yet is judged: those of the range, at most a year of them. */
    private SortedSet<Integer> aYear(TimeGrid grid) {
        return new TreeSet<>(span.checkedDays(grid, new TreeSet<>()));
    }

    private static String describe(TimeGrid grid) {
        return grid.granularity().text()
                + (grid.zone().equals(ZoneOffset.UTC)
                        ? ""
                        : " in " + grid.zone().getId());
    }

    private static String capitalized(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
