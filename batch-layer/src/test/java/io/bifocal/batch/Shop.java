package io.bifocal.batch;

import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.Column;
import io.bifocal.core.model.Model.Dimension;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.Rollup;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.Model.Source;
import io.bifocal.core.model.Model.TimeSpec;
import io.bifocal.core.model.Retention;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.time.Granularity;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A small model with days of two zones, and one of its own for each test. */
final class Shop {
    static final ZoneId LONDON = ZoneId.of("Europe/London");
    private static final ValueType AMOUNT = ValueType.decimal(12, 2);

    private Shop() {}

    /** @param identity columns that make records one event */
    static Definition definition(String... identity) {
        String name = "shop_" + UUID.randomUUID().toString().substring(0, 8);
        List<Column> columns = List.of(
                column("id", ValueType.STRING),
                column("at", ValueType.TIMESTAMP),
                column("country", ValueType.STRING),
                column("amount", AMOUNT));
        List<Metric> metrics = List.of(
                metric("orders", "count", null),
                metric("revenue", "sum", "amount"),
                metric("buyers", "count_distinct", "id"),
                metric("largest", "max", "amount"));
        List<Rollup> rollups = List.of(
                new Rollup("by_country", Granularity.HOUR, ZoneOffset.UTC, List.of("country"), 2),
                new Rollup("daily", Granularity.DAY, LONDON, List.of(), 1));
        Model model = new Model(
                name,
                "",
                new Source(name, "json"),
                new TimeSpec("at", Optional.empty(), ZoneOffset.UTC),
                List.of(identity),
                columns,
                List.of(new Dimension("country", "country", "")),
                metrics,
                rollups,
                List.of(),
                Optional.empty(),
                "");
        return new Definition(
                model,
                Map.of("country", ValueType.STRING),
                Map.of("revenue", AMOUNT, "buyers", ValueType.STRING, "largest", AMOUNT));
    }

    /** The same shop, which keeps data for so long. */
    static Definition retaining(Definition before, Retention retention) {
        Model model = before.model();
        Model after = new Model(
                model.name(),
                "",
                model.source(),
                model.time(),
                model.identity(),
                model.columns(),
                model.dimensions(),
                model.metrics(),
                model.rollups(),
                List.of(),
                Optional.of(retention),
                "");
        return new Definition(after, before.dimensionTypes(), before.inputTypes());
    }

    /** The same shop, which counts all amounts twice. */
    static Definition doubled(Definition before) {
        Model model = before.model();
        List<Metric> metrics = model.metrics().stream()
                .map(metric -> metric.name().equals("revenue") ? metric("revenue", "sum", "amount + amount") : metric)
                .toList();
        Model after = new Model(
                model.name(),
                "",
                model.source(),
                model.time(),
                model.identity(),
                model.columns(),
                model.dimensions(),
                metrics,
                model.rollups(),
                List.of(),
                Optional.empty(),
                "");
        Map<String, ValueType> types = new HashMap<>(before.inputTypes());
        types.put("revenue", ValueType.decimal(13, 2));
        return new Definition(after, before.dimensionTypes(), types);
    }

    /** The same shop with whole amounts, another metric in another's place, and other rollups. */
    static Definition redefined(Definition before) {
        Model model = before.model();
        Model after = new Model(
                model.name(),
                "",
                model.source(),
                model.time(),
                model.identity(),
                List.of(
                        column("id", ValueType.STRING),
                        column("at", ValueType.TIMESTAMP),
                        column("country", ValueType.STRING),
                        column("amount", ValueType.LONG)),
                model.dimensions(),
                List.of(
                        metric("orders", "count", null),
                        metric("revenue", "sum", "amount"),
                        metric("smallest", "min", "amount"),
                        metric("buyers", "count_distinct", "id")),
                List.of(
                        new Rollup("by_country", Granularity.DAY, ZoneOffset.UTC, List.of("country"), 1),
                        new Rollup("tokyo", Granularity.DAY, ZoneId.of("Asia/Tokyo"), List.of(), 1)),
                List.of(),
                Optional.empty(),
                "");
        return new Definition(
                after,
                Map.of("country", ValueType.STRING),
                Map.of("revenue", ValueType.LONG, "smallest", ValueType.LONG, "buyers", ValueType.STRING));
    }

    private static Column column(String name, ValueType type) {
        return new Column(name, type, List.of(name));
    }

    private static SimpleMetric metric(String name, String aggregation, String expr) {
        return new SimpleMetric(
                name, "", "", aggregation, Optional.ofNullable(expr), Optional.empty(), Optional.empty());
    }
}
