package io.bifocal.speed;

import io.bifocal.core.model.Definition;
import io.bifocal.spark.ExpressionAnalyzer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A model over a topic, and events of it. */
final class TestShop {
    private TestShop() {}

    static Definition definition(String topic) {
        String yaml =
                """
                version: 1
                model: %1$s
                source: {topic: %1$s, format: json}
                time: {column: at}
                columns:
                  at: string
                  country: string
                  quantity: long
                  price: "decimal(10,2)"
                dimensions:
                  - {name: country, expr: country}
                metrics:
                  - {name: sales, type: simple, agg: count}
                  - {name: units, type: simple, agg: sum, expr: quantity}
                  - {name: revenue, type: simple, agg: sum, expr: "quantity * price"}
                rollups:
                  - {name: by_country, granularity: hour, dimensions: [country]}
                """
                        .formatted(topic);
        return analysed(yaml);
    }

    /** The definition that a model file holds, which has no faults. */
    static Definition analysed(String yaml) {
        ExpressionAnalyzer.Result result = ExpressionAnalyzer.analyse("model.yml", yaml);
        return result.definition()
                .orElseThrow(() -> new AssertionError(result.faults().toString()));
    }

    /** Events of one unit each, over two days. */
    static List<String> events(Random random, int count) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add("{\"at\":\"2011-01-0%dT%02d:00:00Z\",\"country\":\"c%d\",\"quantity\":1,\"price\":\"1.25\"}"
                    .formatted(1 + random.nextInt(2), random.nextInt(24), random.nextInt(5)));
        }
        return events;
    }
}
