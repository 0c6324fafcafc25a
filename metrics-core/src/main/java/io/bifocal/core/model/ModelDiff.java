package io.bifocal.core.model;

import io.bifocal.core.model.Model.Column;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.model.Model.DerivedMetric;
import io.bifocal.core.model.Model.Dimension;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.RatioMetric;
import io.bifocal.core.model.Model.Rollup;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.time.Granularity;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What differs between two models, for people. */
public final class ModelDiff {
    private final List<Line> lines = new ArrayList<>();

    private ModelDiff() {}

    /** Whether something is new, gone, or another than before. */
    public enum Change {
        ADDED('+'),
        REMOVED('-'),
        CHANGED('~');

        private final char symbol;

        Change(char symbol) {
            this.symbol = symbol;
        }
    }

    /**
     * One difference.
     *
     * @param section of the model file
     * @param name of the element; empty where the section has none
     * @param text the element as it is, or was; where it has changed, what has
     */
    public record Line(Change change, String section, String name, String text) {
        @Override
        public String toString() {
            return change.symbol + " " + section + (name.isEmpty() ? "" : "." + name)
                    + (text.isEmpty() ? "" : ": " + text);
        }
    }

    /** The differences, in the order of the file; none where only its comments or its order differ. */
    public static List<Line> of(Model before, Model after) {
        ModelDiff diff = new ModelDiff();
        diff.section("description", List.of(before), List.of(after), model -> "", ModelDiff::describe);
        diff.section("source", List.of(before.source()), List.of(after.source()), source -> "", ModelDiff::describe);
        diff.section("time", List.of(before.time()), List.of(after.time()), time -> "", ModelDiff::describe);
        diff.section("identity", before.identity(), after.identity(), column -> column, column -> Map.of());
        diff.section("columns", before.columns(), after.columns(), Column::name, ModelDiff::describe);
        diff.section("dimensions", before.dimensions(), after.dimensions(), Dimension::name, ModelDiff::describe);
        diff.section("metrics", before.metrics(), after.metrics(), Metric::name, ModelDiff::describe);
        diff.section("rollups", before.rollups(), after.rollups(), Rollup::name, ModelDiff::describe);
        diff.section("alerts", alerts(before), alerts(after), Map.Entry::getKey, each -> describe(each.getValue()));
        diff.section(
                "retention",
                before.retention().stream().toList(),
                after.retention().stream().toList(),
                retention -> "",
                ModelDiff::describe);
        return List.copyOf(diff.lines);
    }

    /** By metric; those of the model under no name. */
    private static List<Map.Entry<String, List<Threshold>>> alerts(Model model) {
        return List.copyOf(model.alerts().stream()
                .collect(Collectors.groupingBy(
                        each -> each.metric().orElse(""), LinkedHashMap::new, Collectors.toList()))
                .entrySet());
    }

    private static Map<String, String> describe(List<Threshold> thresholds) {
        Fields fields = new Fields();
        thresholds.forEach(each -> fields.text(each.alert().text(), each.alert().describe(each.limit())));
        return fields.map();
    }

    private static Map<String, String> describe(Retention retention) {
        return new Fields()
                .text("views", retention.views().map(ModelDiff::days))
                .text("archive", retention.archive().map(ModelDiff::days))
                .text("generations", retention.generations().map(Object::toString))
                .map();
    }

    private static String days(int number) {
        return number + "d";
    }

    private <T> void section(
            String section,
            List<T> before,
            List<T> after,
            Function<T, String> name,
            Function<T, Map<String, String>> describe) {
        Map<String, Map<String, String>> old = new LinkedHashMap<>();
        before.forEach(element -> old.put(name.apply(element), describe.apply(element)));
        for (T element : after) {
            Map<String, String> now = describe.apply(element);
            Map<String, String> was = old.remove(name.apply(element));
            if (was == null) {
                lines.add(new Line(Change.ADDED, section, name.apply(element), whole(now)));
            } else if (!was.equals(now)) {
                lines.add(new Line(Change.CHANGED, section, name.apply(element), changes(was, now)));
            }
        }
        old.forEach((gone, was) -> lines.add(new Line(Change.REMOVED, section, gone, whole(was))));
    }

    private static String whole(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + " " + field.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String changes(Map<String, String> was, Map<String, String> now) {
        Map<String, String> all = new LinkedHashMap<>(was);
        all.putAll(now);
        return all.keySet().stream()
                .filter(field -> !Objects.equals(was.get(field), now.get(field)))
                .map(field ->
                        field + " " + was.getOrDefault(field, "(none)") + " → " + now.getOrDefault(field, "(none)"))
                .collect(Collectors.joining(", "));
    }

    private static Map<String, String> describe(Model model) {
        return new Fields().text("text", model.description()).map();
    }

    private static Map<String, String> describe(Model.Source source) {
        return new Fields()
                .text("topic", source.topic())
                .text("format", source.format())
                .map();
    }

    private static Map<String, String> describe(Model.TimeSpec time) {
        return new Fields()
                .text("column", time.column())
                .text("pattern", time.pattern())
                .text(
                        "zone",
                        time.zone().equals(ZoneOffset.UTC) ? "UTC" : time.zone().getId())
                .map();
    }

    private static Map<String, String> describe(Column column) {
        return new Fields()
                .text("type", column.type().toString())
                .text("path", String.join(".", column.path()))
                .map();
    }

    private static Map<String, String> describe(Dimension dimension) {
        return new Fields()
                .text("expr", dimension.expr())
                .text("description", dimension.description())
                .map();
    }

    private static Map<String, String> describe(Rollup rollup) {
        return new Fields()
                .text("granularity", rollup.granularity().text())
                .text(
                        "zone",
                        rollup.zone().equals(ZoneOffset.UTC)
                                ? ""
                                : rollup.zone().getId())
                .text("dimensions", rollup.dimensions().toString())
                .text("shards", rollup.shards() == 1 ? "" : Integer.toString(rollup.shards()))
                .map();
    }

    private static Map<String, String> describe(Metric metric) {
        Fields fields = new Fields();
        if (metric instanceof SimpleMetric simple) {
            fields.text("agg", simple.aggregation())
                    .text("expr", simple.expr())
                    .text("filter", simple.filter())
                    .text("percentile", simple.percentile().map(Object::toString))
                    .text("k", simple.k().map(Object::toString));
        } else if (metric instanceof RatioMetric ratio) {
            fields.text("numerator", ratio.numerator()).text("denominator", ratio.denominator());
        } else if (metric instanceof DerivedMetric derived) {
            fields.text("expr", derived.expr())
                    .text("input_metrics", derived.inputMetrics().toString());
        }
        if (metric instanceof CumulativeMetric cumulative) {
            fields.text("input_metric", cumulative.inputMetric())
                    .text("window", cumulative.window().map(Object::toString))
                    .text("grain_to_date", cumulative.grainToDate().map(Granularity::text));
        }
        return fields.text("unit", metric.unit())
                .text("description", metric.description())
                .map();
    }

    /** Fields in their order, without the empty ones. */
    private static final class Fields {
        private final Map<String, String> fields = new LinkedHashMap<>();

        Fields text(String name, Optional<String> value) {
            return text(name, value.orElse(""));
        }

        Fields text(String name, String value) {
            if (!value.isEmpty()) {
                fields.put(name, value);
            }
            return this;
        }

        Map<String, String> map() {
            return fields;
        }
    }
}
