package io.bifocal.core.model;

import io.bifocal.core.model.Model.Column;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.model.Model.DerivedMetric;
import io.bifocal.core.model.Model.Dimension;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.RatioMetric;
import io.bifocal.core.model.Model.Rollup;
import io.bifocal.core.model.Model.SimpleMetric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which work the change from one definition to another needs, metric by metric and rollup by rollup, and why. Where the
 * {@link DefinitionJson#hash} is the same, nothing needs history.
 */
public final class ChangeWork {
    private final Definition before;
    private final Definition after;
    private final List<Item> items = new ArrayList<>();

    private ChangeWork(Definition before, Definition after) {
        this.before = before;
        this.after = after;
    }

    /** What has to be done. */
    public enum Need {
        /** Nothing: it means what it meant. */
        NONE,
        /** It is computed from stored partials when it is asked for. */
        AT_ONCE,
        /** All archived events have to be read again. */
        HISTORY,
        /** It is not kept any more. */
        DROPPED
    }

    /**
     * The work of one metric or rollup.
     *
     * @param kind metric or rollup
     * @param why for people
     */
    public record Item(String kind, String name, Need need, String why) {}

    /** In the order of the later model file; what it drops comes last. */
    public static List<Item> of(Definition before, Definition after) {
        ChangeWork work = new ChangeWork(before, after);
        work.metrics();
        work.rollups();
        return List.copyOf(work.items);
    }

    /** Names of the metrics whose numbers in a rollup mean what they meant. */
    public static Set<String> unchanged(Definition before, Definition after, String rollup) {
        ChangeWork work = new ChangeWork(before, after);
        Rollup was = byName(before.model().rollups(), Rollup::name).get(rollup);
        Rollup now = byName(after.model().rollups(), Rollup::name).get(rollup);
        if (was == null || now == null || !work.reasons(was, now).isEmpty()) {
            return Set.of();
        }
        work.metrics();
        return work.items.stream()
                .filter(item -> item.need() == Need.NONE)
                .map(Item::name)
                .collect(Collectors.toSet());
    }

    private void metrics() {
        Map<String, Metric> old = byName(before.model().metrics(), Metric::name);
        for (Metric metric : after.model().metrics()) {
            Metric was = old.remove(metric.name());
            if (metric instanceof SimpleMetric simple) {
                Optional<String> why = why(was, simple);
                add("metric", metric.name(), why.isPresent() ? Need.HISTORY : Need.NONE, why.orElse("unchanged"));
            } else if (!metric.equals(was)) {
                add("metric", metric.name(), Need.AT_ONCE, "computed from the partials of other metrics");
            } else {
                List<String> inputs =
                        inputs(metric).stream().filter(this::changes).toList();
                add(
                        "metric",
                        metric.name(),
                        inputs.isEmpty() ? Need.NONE : Need.AT_ONCE,
                        inputs.isEmpty() ? "unchanged" : "computed from " + String.join(", ", inputs) + ", changed");
            }
        }
        old.keySet().forEach(name -> add("metric", name, Need.DROPPED, "not in the new version"));
    }

    private boolean changes(String name) {
        Metric was = byName(before.model().metrics(), Metric::name).get(name);
        Metric now = byName(after.model().metrics(), Metric::name).get(name);
        return now instanceof SimpleMetric simple
                ? why(was, simple).isPresent()
                : !now.equals(was) || inputs(now).stream().anyMatch(this::changes);
    }

    private static List<String> inputs(Metric metric) {
        if (metric instanceof RatioMetric ratio) {
            return List.of(ratio.numerator(), ratio.denominator());
        }
        if (metric instanceof DerivedMetric derived) {
            return derived.inputMetrics();
        }
        return metric instanceof CumulativeMetric cumulative ? List.of(cumulative.inputMetric()) : List.of();
    }

    private Optional<String> why(Metric was, SimpleMetric now) {
        if (!(was instanceof SimpleMetric old)) {
            return Optional.of(was == null ? "new" : "was no aggregation of events");
        }
        List<String> reasons = new ArrayList<>(shared());
        differs(reasons, "agg", old.aggregation(), now.aggregation());
        differs(reasons, "expr", old.expr().orElse(""), now.expr().orElse(""));
        differs(reasons, "filter", old.filter().orElse(""), now.filter().orElse(""));
        differs(reasons, "percentile", old.percentile(), now.percentile());
        differs(
                reasons,
                "type of expr",
                before.inputTypes().get(now.name()),
                after.inputTypes().get(now.name()));
        reasons.addAll(columns(now.expr().orElse("") + " " + now.filter().orElse("")));
        return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", reasons));
    }

    /** What changes every number of every metric. */
    private List<String> shared() {
        List<String> reasons = new ArrayList<>();
        differs(reasons, "time", before.model().time(), after.model().time());
        differs(
                reasons,
                "identity",
                before.model().identity().stream().sorted().toList(),
                after.model().identity().stream().sorted().toList());
        reasons.addAll(columns(after.model().time().column()));
        return reasons;
    }

    /** The columns that an expression names and that are read in another way. */
    private List<String> columns(String expression) {
        Map<String, Column> old = byName(before.model().columns(), Column::name);
        return after.model().columns().stream()
                .filter(column -> !column.equals(old.get(column.name())))
                .filter(column -> Pattern.compile("\\b" + Pattern.quote(column.name()) + "\\b")
                        .matcher(expression)
                        .find())
                .map(column -> "column " + column.name() + " is "
                        + (old.containsKey(column.name()) ? "read in another way" : "new"))
                .toList();
    }

    private void rollups() {
        Map<String, Rollup> old = byName(before.model().rollups(), Rollup::name);
        boolean rewritten = !DefinitionJson.hash(before).equals(DefinitionJson.hash(after));
        for (Rollup rollup : after.model().rollups()) {
            Rollup was = old.remove(rollup.name());
            List<String> reasons = new ArrayList<>();
            if (was == null) {
                reasons.add("new");
            } else {
                reasons.addAll(reasons(was, rollup));
            }
            if (reasons.isEmpty() && rewritten) {
                reasons.add(
                        simpleMetricsDiffer()
                                ? "its rows hold the states of all simple metrics together, and those are others"
                                : "other columns, so perhaps other records are malformed");
            }
            add(
                    "rollup",
                    rollup.name(),
                    reasons.isEmpty() ? Need.NONE : Need.HISTORY,
                    reasons.isEmpty() ? "unchanged" : String.join("; ", reasons));
        }
        old.keySet().forEach(name -> add("rollup", name, Need.DROPPED, "not in the new version"));
    }

    /** What sets a rollup apart from the one that it was, whatever it holds. */
    private List<String> reasons(Rollup was, Rollup now) {
        List<String> reasons = new ArrayList<>();
        differs(
                reasons,
                "granularity",
                was.granularity().text(),
                now.granularity().text());
        differs(reasons, "zone", was.zone(), now.zone());
        differs(reasons, "dimensions", was.dimensions(), now.dimensions());
        differs(reasons, "shards", was.shards(), now.shards());
        now.dimensions().forEach(dimension -> dimension(reasons, dimension));
        return reasons;
    }

    private boolean simpleMetricsDiffer() {
        return items.stream().anyMatch(item -> item.need() == Need.HISTORY)
                || !before.model().simpleMetrics().stream()
                        .map(SimpleMetric::name)
                        .toList()
                        .equals(after.model().simpleMetrics().stream()
                                .map(SimpleMetric::name)
                                .toList());
    }

    private void dimension(List<String> reasons, String name) {
        Dimension was = byName(before.model().dimensions(), Dimension::name).get(name);
        Dimension now = byName(after.model().dimensions(), Dimension::name).get(name);
        if (was != null) {
            differs(reasons, "dimension " + name, was.expr(), now.expr());
            differs(
                    reasons,
                    "type of dimension " + name,
                    before.dimensionTypes().get(name),
                    after.dimensionTypes().get(name));
        }
        reasons.addAll(columns(now.expr()));
    }

    private static void differs(List<String> reasons, String what, Object was, Object now) {
        if (!Objects.equals(was, now)) {
            reasons.add(what + " was " + text(was) + ", is " + text(now));
        }
    }

    private static String text(Object value) {
        String text =
                value instanceof Optional<?> maybe ? maybe.map(Object::toString).orElse("") : String.valueOf(value);
        return text.isEmpty() ? "(none)" : text;
    }

    private void add(String kind, String name, Need need, String why) {
        items.add(new Item(kind, name, need, why));
    }

    private static <T> Map<String, T> byName(List<T> elements, Function<T, String> name) {
        Map<String, T> map = new LinkedHashMap<>();
        elements.forEach(element -> map.put(name.apply(element), element));
        return map;
    }
}
