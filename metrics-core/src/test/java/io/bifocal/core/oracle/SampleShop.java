package io.bifocal.core.oracle;

import io.bifocal.core.aggregate.Aggregate.Occurrence;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.Dimension;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.Rollup;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.view.PartialsBuilder;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A small analysed model for tests, random events of it, and the way of events into a {@link PartialsBuilder}. */
public final class SampleShop {
    public static final String TOPIC = "topic-1";

    private static final Instant START = Instant.parse("2010-12-01T00:00:00Z");
    private static final ValueType MONEY = ValueType.decimal(10, 2);
    private static final List<String> COUNTRIES = List.of("France", "Germany", "EIRE", "Norway");

    private SampleShop() {}

    /** Hours by country and customer, London days by country. */
    public static Definition definition() {
        List<Metric> metrics = List.of(
                simple("orders", "count", Optional.empty()),
                simple("units", "sum", Optional.empty()),
                simple("revenue", "sum", Optional.empty()),
                simple("average_price", "average", Optional.empty()),
                simple("customers", "count_distinct", Optional.empty()),
                simple("customers_approx", "approx_count_distinct", Optional.empty()),
                simple("cheapest", "min", Optional.empty()),
                simple("dearest", "max", Optional.empty()),
                simple("price_p95", "percentile", Optional.of(0.95)),
                simple("price_spread", "stddev", Optional.empty()));
        Model model = new Model(
                "shop",
                "",
                new Model.Source("shop", "json"),
                new Model.TimeSpec("at", Optional.empty(), ZoneOffset.UTC),
                List.of(),
                List.of(),
                List.of(new Dimension("country", "country", ""), new Dimension("returning", "returning", "")),
                metrics,
                List.of(
                        new Rollup("hours", Granularity.HOUR, ZoneOffset.UTC, List.of("country", "returning"), 2),
                        new Rollup("days", Granularity.DAY, ZoneId.of("Europe/London"), List.of("country"), 1)),
                List.of(),
                Optional.empty(),
                "");
        Map<String, ValueType> inputs = new HashMap<>();
        metrics.forEach(metric -> inputs.put(metric.name(), MONEY));
        inputs.remove("orders");
        inputs.put("units", ValueType.LONG);
        inputs.put("customers", ValueType.STRING);
        inputs.put("customers_approx", ValueType.STRING);
        return new Definition(
                model, Map.of("country", ValueType.STRING, "returning", ValueType.BOOLEAN), Map.copyOf(inputs));
    }

    private static SimpleMetric simple(String name, String aggregation, Optional<Double> percentile) {
        return new SimpleMetric(name, "", "", aggregation, Optional.empty(), Optional.empty(), percentile);
    }

    /** Random events of one partition, over some days from 2010-12-01, in no order of time. */
    public static List<PlainEvent> events(Random random, int count, int partition, long firstOffset, int days) {
        return events(random, count, partition, firstOffset, START, days);
    }

    /** The same from another day on. */
    public static List<PlainEvent> events(
            Random random, int count, int partition, long firstOffset, Instant start, int days) {
        List<PlainEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Instant time = start.plusSeconds(random.nextInt(days * 86_400));
            events.add(event(random, partition, firstOffset + i, time));
        }
        return events;
    }

    private static PlainEvent event(Random random, int partition, long offset, Instant time) {
        Map<String, Object> dimensions = new HashMap<>();
        dimensions.put("country", random.nextInt(10) == 0 ? null : COUNTRIES.get(random.nextInt(COUNTRIES.size())));
        dimensions.put("returning", random.nextBoolean());
        BigDecimal price = BigDecimal.valueOf(random.nextInt(100_000) - 1_000L, 2);
        String customer = "c" + random.nextInt(2_000);
        Map<String, Object> inputs = new HashMap<>();
        inputs.put("orders", true);
        inputs.put("units", random.nextInt(5) == 0 ? null : (Object) (long) random.nextInt(20));
        for (String metric : List.of("revenue", "average_price", "cheapest", "dearest", "price_p95", "price_spread")) {
            inputs.put(metric, price);
        }
        inputs.put("customers", customer);
        inputs.put("customers_approx", customer);
        return new PlainEvent(time, partition, offset, List.of(), dimensions, inputs);
    }

    /** Adds events as the layers do, each with its record for the ledger. */
    public static void addTo(PartialsBuilder builder, List<PlainEvent> events) {
        addTo(definition(), builder, events);
    }

    /** The same with events of another model. */
    public static void addTo(Definition definition, PartialsBuilder builder, List<PlainEvent> events) {
        Model model = definition.model();
        List<String> dimensions =
                model.dimensions().stream().map(Dimension::name).toList();
        List<String> metrics =
                model.simpleMetrics().stream().map(SimpleMetric::name).toList();
        for (PlainEvent event : events) {
            long micros = event.time().toEpochMilli() * 1_000;
            builder.event(
                    new Occurrence(micros, event.partition(), event.offset()),
                    dimensions.stream().map(event.dimensions()::get).toArray(),
                    metrics.stream().map(event.inputs()::get).toArray());
            builder.record(TOPIC, event.partition(), event.time().toEpochMilli(), false);
        }
    }
}
