package io.bifocal.spark;

import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.Column;
import io.bifocal.core.model.Model.Dimension;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.Rollup;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.Model.Source;
import io.bifocal.core.model.Model.TimeSpec;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.time.Granularity;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds models for tests, piece by piece. */
final class Models {
    private final List<Column> columns = new ArrayList<>();
    private final List<Dimension> dimensions = new ArrayList<>();
    private final List<Metric> metrics = new ArrayList<>();
    private final List<Rollup> rollups = new ArrayList<>();
    private List<String> identity = List.of();
    private TimeSpec time = new TimeSpec("at", Optional.empty(), ZoneOffset.UTC);

    /** A shop: what the retail model has, and more. */
    static Models shop() {
        return new Models()
                .time("at", "yyyy-MM-dd HH:mm:ss", "Europe/London")
                .column("invoice", "string")
                .column("at", "string")
                .column("quantity", "long")
                .column("price", "decimal(12,4)")
                .column("country", "string")
                .dimension("country", "country")
                .dimension("cancelled", "invoice LIKE 'C%'")
                .metric("lines", "count", null, null)
                .metric("units", "sum", "quantity", null)
                .metric("revenue", "sum", "quantity * price", null)
                .metric("sold", "sum", "quantity * price", "invoice NOT LIKE 'C%'")
                .metric("invoices", "count_distinct", "invoice", null)
                .metric("least", "min", "price", null)
                .metric("mean", "average", "price", null)
                .rollup("by_country", Granularity.HOUR, ZoneOffset.UTC, 1, "country", "cancelled")
                .rollup("by_day", Granularity.DAY, ZoneId.of("Europe/London"), 4);
    }

    Models time(String column, String pattern, String zone) {
        time = new TimeSpec(column, Optional.ofNullable(pattern), ZoneId.of(zone));
        return this;
    }

    Models column(String name, String type, String... path) {
        columns.add(new Column(
                name, ValueType.parse(type).orElseThrow(), path.length == 0 ? List.of(name) : List.of(path)));
        return this;
    }

    Models identity(String... names) {
        identity = List.of(names);
        return this;
    }

    Models dimension(String name, String expr) {
        dimensions.add(new Dimension(name, expr, ""));
        return this;
    }

    Models metric(String name, String aggregation, String expr, String filter) {
        metrics.add(new SimpleMetric(
                name, "", "", aggregation, Optional.ofNullable(expr), Optional.ofNullable(filter), Optional.empty()));
        return this;
    }

    Models rollup(String name, Granularity granularity, ZoneId zone, int shards, String... names) {
        rollups.add(new Rollup(name, granularity, zone, List.of(names), shards));
        return this;
    }

    Model build() {
        return new Model(
                "test",
                "",
                new Source("test", "json"),
                time,
                identity,
                List.copyOf(columns),
                List.copyOf(dimensions),
                List.copyOf(metrics),
                List.copyOf(rollups),
                List.of(),
                Optional.empty(),
                "");
    }

    Definition definition() {
        ExpressionAnalyzer.Result result = ExpressionAnalyzer.analyse("test.yml", build());
        return result.definition()
                .orElseThrow(() -> new AssertionError(result.faults().toString()));
    }

    Evaluator evaluator() {
        return CompiledDefinition.of(definition()).evaluator();
    }
}
