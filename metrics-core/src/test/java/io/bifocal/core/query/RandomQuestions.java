package io.bifocal.core.query;

import io.bifocal.core.aggregate.Samples;
import io.bifocal.core.model.Aggregation;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.model.Model.DerivedMetric;
import io.bifocal.core.model.Model.Dimension;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.RatioMetric;
import io.bifocal.core.model.Model.Rollup;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.oracle.PlainEvent;
import io.bifocal.core.query.Query.Direction;
import io.bifocal.core.query.Query.Fill;
import io.bifocal.core.query.Query.Filter;
import io.bifocal.core.query.Query.Operator;
import io.bifocal.core.query.Query.Order;
import io.bifocal.core.query.Query.Require;
import io.bifocal.core.query.Query.TimeRange;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeGrid;
import io.bifocal.core.time.TimeWindow;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;

/** A random model, random events of it and random queries about them, all from one seed. */
final class RandomQuestions {
    private static final List<ValueType> TYPES = List.of(
            ValueType.STRING,
            ValueType.LONG,
            ValueType.BOOLEAN,
            ValueType.decimal(9, 2),
            ValueType.DOUBLE,
            ValueType.TIMESTAMP);
    /** Of decimals those with more digits have percentiles that are rounded. */
    private static final List<ValueType> NUMBERS = List.of(ValueType.LONG, ValueType.decimal(18, 3), ValueType.DOUBLE);

    private static final List<String> TEXTS = List.of("", "a", "ab", "b", "Ab", "\uFF21", "😀", "käse, \"alt\"");
    private static final List<ZoneId> ZONES =
            new TreeSet<>(ZoneId.getAvailableZoneIds()).stream().map(ZoneId::of).toList();
    /** Weeks that belong to other years than their days, and both clock changes of either half of the world. */
    private static final List<Instant> MOMENTS = List.of(
            Instant.parse("2025-12-29T00:00:00Z"),
            Instant.parse("2026-01-01T00:00:00Z"),
            Instant.parse("2026-03-29T01:00:00Z"),
            Instant.parse("2026-04-05T15:00:00Z"),
            Instant.parse("2026-10-04T15:30:00Z"),
            Instant.parse("2026-10-25T01:00:00Z"),
            Instant.parse("2027-01-03T23:00:00Z"));

    private static final int SECONDS_AROUND = 100_000;

    final Definition definition;
    private final Random random;
    private final Map<String, ValueType> dimensionTypes = new HashMap<>();
    private final Map<String, ValueType> inputTypes = new HashMap<>();

    RandomQuestions(long seed) {
        this.random = new Random(seed);
        List<Dimension> dimensions = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            dimensions.add(new Dimension("d" + i, "d" + i, ""));
            dimensionTypes.put("d" + i, one(TYPES));
        }
        List<Metric> metrics = new ArrayList<>(List.of(
                simple("events", Aggregation.COUNT),
                simple("units", Aggregation.SUM),
                simple("money", Aggregation.SUM)));
        inputTypes.put("units", ValueType.LONG);
        inputTypes.put("money", ValueType.decimal(18, 2));
        for (Aggregation aggregation : Aggregation.values()) {
            String name = "m_" + aggregation.text();
            inputTypes.put(name, one(comparable(aggregation) ? TYPES : NUMBERS));
            metrics.add(simple(name, aggregation));
        }
        metrics.addAll(List.of(
                new RatioMetric("money_per_event", "", "", "money", "events"),
                new DerivedMetric("rest", "", "", "money - units * 1.5 / events", List.of("money", "units", "events")),
                new DerivedMetric("twice", "", "", "-(units - 3) * 2 + events", List.of("units", "events")),
                cumulative("money_ever", "money", Optional.empty(), Optional.empty()),
                cumulative(
                        "c_window",
                        window(),
                        Optional.of(new TimeWindow(1 + random.nextInt(9), unit())),
                        Optional.empty()),
                cumulative("c_to_date", window(), Optional.empty(), Optional.of(unit())),
                new DerivedMetric("share", "", "", "money / money_ever", List.of("money", "money_ever"))));
        this.definition = new Definition(
                new Model(
                        "shop",
                        "",
                        new Model.Source("shop", "json"),
                        new Model.TimeSpec("time", Optional.empty(), ZoneOffset.UTC),
                        List.of(),
                        List.of(),
                        dimensions,
                        metrics,
                        rollups(),
                        List.of(),
                        Optional.empty(),
                        ""),
                dimensionTypes,
                inputTypes);
    }

    private static boolean comparable(Aggregation aggregation) {
        return switch (aggregation) {
            case COUNT, MIN, MAX, COUNT_DISTINCT, APPROX_COUNT_DISTINCT, TOP_K, FIRST, LAST -> true;
            default -> false;
        };
    }

    private static SimpleMetric simple(String name, Aggregation aggregation) {
        Optional<Double> percentile = aggregation == Aggregation.PERCENTILE ? Optional.of(0.8) : Optional.empty();
        return new SimpleMetric(
                name, "", "", aggregation.text(), Optional.of("x"), Optional.empty(), percentile, Optional.of(3));
    }

    private static CumulativeMetric cumulative(
            String name, String input, Optional<TimeWindow> window, Optional<Granularity> grain) {
        return new CumulativeMetric(name, "", "", input, window, grain);
    }

    private String window() {
        return one(
                List.of("units", "money_per_event", "rest", "m_count_distinct", "m_percentile", "m_last", "m_top_k"));
    }

    private Granularity unit() {
        return one(List.of(
                Granularity.HOUR,
                Granularity.DAY,
                Granularity.WEEK,
                Granularity.MONTH,
                Granularity.QUARTER,
                Granularity.YEAR));
    }

    /** The first has all dimensions by the minute, so that every query can be answered from it at least. */
    private List<Rollup> rollups() {
        return List.of(
                new Rollup("all", Granularity.MINUTE, ZoneOffset.UTC, List.of("d0", "d1", "d2", "d3"), 1),
                new Rollup("quarters", Granularity.QUARTER_HOUR, ZoneOffset.UTC, List.of("d2", "d0"), 3),
                new Rollup("hours", Granularity.HOUR, ZoneOffset.UTC, List.of("d1"), 2),
                new Rollup("days", Granularity.DAY, ZoneOffset.UTC, List.of("d0", "d3"), 1),
                new Rollup("local", Granularity.DAY, one(ZONES), List.of(), 1));
    }

    List<PlainEvent> events(long firstOffset, int count) {
        List<PlainEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<String, Object> dimensions = new HashMap<>();
            dimensionTypes.forEach((name, type) -> dimensions.put(name, dimension(type)));
            Map<String, Object> inputs = new HashMap<>();
            for (SimpleMetric metric : definition.model().simpleMetrics()) {
                ValueType type = inputTypes.getOrDefault(metric.name(), ValueType.BOOLEAN);
                inputs.put(metric.name(), random.nextInt(4) == 0 ? null : Samples.value(type, random));
            }
            inputs.put("events", true);
            events.add(new PlainEvent(
                    one(MOMENTS).plusSeconds(random.nextInt(SECONDS_AROUND) - SECONDS_AROUND / 2),
                    0,
                    firstOffset + i,
                    List.of(),
                    dimensions,
                    inputs));
        }
        return events;
    }

    private Object dimension(ValueType type) {
        if (random.nextInt(5) == 0) {
            return null;
        }
        return switch (type.kind()) {
            case STRING -> one(TEXTS);
            case LONG -> (long) random.nextInt(4) - 1;
            case BOOLEAN -> random.nextBoolean();
            case DECIMAL -> BigDecimal.valueOf(random.nextInt(4) * 50L - 50, type.scale());
            case DOUBLE -> (random.nextInt(4) - 1) / 2.0;
            case TIMESTAMP -> one(MOMENTS);
        };
    }

    Query query() {
        List<String> dimensions = some(new ArrayList<>(dimensionTypes.keySet()), 3);
        List<String> metrics = some(
                new ArrayList<>(
                        definition.model().metrics().stream().map(Metric::name).toList()),
                4);
        TimeRange time = time();
        if (metrics.isEmpty() && dimensions.isEmpty()) {
            metrics.add("events");
        }
        List<String> columns = new ArrayList<>(dimensions);
        columns.addAll(metrics);
        time.granularity().ifPresent(granularity -> columns.add(Query.TIME));
        return new Query(
                "shop",
                metrics,
                dimensions,
                time,
                random.nextBoolean() ? List.of() : List.of(filter(), filter()).subList(0, 1 + random.nextInt(2)),
                some(columns, 2).stream()
                        .map(column -> new Order(column, one(List.of(Direction.values()))))
                        .toList(),
                random.nextInt(3) == 0 ? Optional.of(random.nextInt(6)) : Optional.empty(),
                Require.ANY,
                Optional.empty());
    }

    private TimeRange time() {
        ZoneId zone = random.nextInt(4) == 0 ? ZoneOffset.UTC : one(ZONES);
        Optional<Granularity> granularity =
                random.nextInt(5) == 0 ? Optional.empty() : Optional.of(one(List.of(Granularity.values())));
        Optional<Instant> from = bound(zone);
        Optional<Instant> to = bound(zone);
        if (from.isPresent() && to.isPresent() && to.get().isBefore(from.get())) {
            Optional<Instant> later = from;
            from = to;
            to = later;
        }
        Fill fill = granularity.isPresent() && random.nextInt(3) == 0 ? one(List.of(Fill.values())) : Fill.NONE;
        return new TimeRange(from, to, granularity, zone, fill);
    }

    /** Some minute, or the start of some bucket. */
    private Optional<Instant> bound(ZoneId zone) {
        long near = one(MOMENTS).getEpochSecond() + random.nextInt(SECONDS_AROUND) - SECONDS_AROUND / 2;
        return switch (random.nextInt(3)) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(Instant.ofEpochSecond(Math.floorDiv(near, 60) * 60));
            default ->
                Optional.of(Instant.ofEpochSecond(new TimeGrid(one(List.of(Granularity.values())), zone).floor(near)));
        };
    }

    private Filter filter() {
        String name = "d" + random.nextInt(4);
        ValueType type = dimensionTypes.get(name);
        boolean text = type.equals(ValueType.STRING);
        Operator operator = one(Arrays.stream(Operator.values())
                .filter(each -> text
                        || !List.of(Operator.CONTAINS, Operator.NOT_CONTAINS, Operator.STARTS_WITH)
                                .contains(each))
                .toList());
        boolean takesNull = operator == Operator.EQUALS || operator == Operator.NOT_EQUALS;
        List<Object> values = new ArrayList<>();
        while (operator != Operator.SET && operator != Operator.NOT_SET && (values.isEmpty() || random.nextBoolean())) {
            Object value = dimension(type);
            if (value != null || takesNull) {
                values.add(asked(value));
            }
        }
        return new Filter(name, operator, values);
    }

    /** A value in the form in which questions hold it. */
    private static Object asked(Object value) {
        return value == null || value instanceof Boolean
                ? value
                : value instanceof Number ? new BigDecimal(value.toString()) : value.toString();
    }

    private <T> List<T> some(List<T> all, int most) {
        Collections.sort(all, (left, right) -> left.toString().compareTo(right.toString()));
        Collections.shuffle(all, random);
        return new ArrayList<>(all.subList(0, random.nextInt(Math.min(most, all.size()) + 1)));
    }

    private <T> T one(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
