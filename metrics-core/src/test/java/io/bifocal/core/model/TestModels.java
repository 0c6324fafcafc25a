package io.bifocal.core.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Model files for tests. */
public final class TestModels {
    /** The least that loads, with a dimension. */
    public static final String SMALL =
            """
            version: 1
            model: small
            source: {topic: small, format: json}
            time: {column: At}
            columns:
              At: string
              Country: string
              Units: long
            dimensions:
              - {name: country, expr: Country}
            metrics:
              - {name: events, type: simple, agg: count}
            rollups:
              - {name: by_country, granularity: hour, dimensions: [country]}
            """;

    private TestModels() {}

    /** One of {@code retail}, {@code wikipedia} and {@code clicks_example_nested}. */
    public static Model load(String name) {
        return ModelFile.parse(name + ".yml", yaml(name));
    }

    /** A definition whose expressions have the type of the column that they name, or else are strings and decimals. */
    public static Definition analysed(Model model) {
        Map<String, ValueType> columns = new HashMap<>();
        model.columns().forEach(column -> columns.put(column.name(), column.type()));
        Map<String, ValueType> dimensions = new HashMap<>();
        model.dimensions()
                .forEach(dimension ->
                        dimensions.put(dimension.name(), columns.getOrDefault(dimension.expr(), ValueType.STRING)));
        Map<String, ValueType> inputs = new HashMap<>();
        model.simpleMetrics().forEach(metric -> metric.expr()
                .ifPresent(expr -> inputs.put(metric.name(), columns.getOrDefault(expr, ValueType.decimal(33, 4)))));
        return new Definition(model, Map.copyOf(dimensions), Map.copyOf(inputs));
    }

    /** The text of one of them. */
    public static String yaml(String name) {
        try (InputStream in = TestModels.class.getResourceAsStream("/models/" + name + ".yml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
