package io.bifocal.simulator;

import io.bifocal.core.query.Query;
import io.bifocal.core.query.Query.Filter;
import io.bifocal.core.query.Query.Operator;
import io.bifocal.core.query.Query.Order;
import io.bifocal.core.query.Query.Require;
import io.bifocal.core.query.Query.TimeRange;
import io.bifocal.core.time.Granularity;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Random queries over all that a query can say. */
final class Questions {
    private static final List<String> METRICS =
            List.of("events", "total", "large", "largest", "mean", "ids", "latest", "total_per_id", "small");
    private static final List<List<String>> DIMENSIONS = List.of(
            List.of(),
            List.of("city"),
            List.of("city"),
            List.of("paid"),
            List.of("city", "paid"),
            List.of("paid", "city"));
    private static final List<ZoneId> ZONES =
            List.of(ZoneOffset.UTC, ZoneId.of("Europe/London"), ZoneId.of("America/New_York"));
    private static final List<Granularity> GRANULARITIES = List.of(
            Granularity.HOUR, Granularity.DAY, Granularity.DAY, Granularity.WEEK, Granularity.MONTH, Granularity.YEAR);

    private final Random random;

    Questions(Random random) {
        this.random = random;
    }

    Query any() {
        List<String> metrics = new ArrayList<>(METRICS);
        Collections.shuffle(metrics, random);
        metrics = new ArrayList<>(metrics.subList(0, 1 + random.nextInt(metrics.size())));
        if (!metrics.contains("events")) {
            metrics.add("events");
        }
        List<String> dimensions = one(DIMENSIONS);
        ZoneId zone = one(ZONES);
        Optional<Granularity> granularity = random.nextBoolean() ? Optional.empty() : Optional.of(one(GRANULARITIES));
        List<Order> order = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            order.add(new Order(one(metrics), random.nextBoolean() ? Query.Direction.ASC : Query.Direction.DESC));
        }
        return new Query(
                SimulatedModel.NAME,
                metrics,
                dimensions,
                new TimeRange(
                        midnight(zone, 0, 3),
                        midnight(zone, 3, SimulatedModel.DAYS + 1),
                        granularity,
                        zone,
                        Query.Fill.NONE),
                filters(),
                order,
                random.nextInt(4) == 0 ? Optional.of(1 + random.nextInt(4)) : Optional.empty(),
                random.nextInt(8) == 0 ? Require.EXACT : Require.ANY,
                Optional.empty());
    }

    /** All that is counted, by city and London's days: what is asked at the end. */
    static Query everything() {
        return new Query(
                SimulatedModel.NAME,
                METRICS,
                List.of("city"),
                new TimeRange(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(Granularity.DAY),
                        ZoneId.of("Europe/London"),
                        Query.Fill.NONE),
                List.of(),
                List.of(),
                Optional.empty(),
                Require.ANY,
                Optional.empty());
    }

    private List<Filter> filters() {
        List<Filter> filters = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            filters.add(
                    switch (random.nextInt(6)) {
                        case 0 -> new Filter("city", Operator.EQUALS, Arrays.asList(city(), city()));
                        case 1 -> new Filter("city", Operator.NOT_EQUALS, Arrays.asList(city()));
                        case 2 -> new Filter("city", Operator.CONTAINS, List.of("er"));
                        case 3 -> new Filter("city", Operator.STARTS_WITH, List.of("A", "Ç"));
                        case 4 -> new Filter("city", Operator.GTE, List.of("Bergen"));
                        default -> new Filter("city", Operator.SET, List.of());
                    });
        }
        if (random.nextInt(5) == 0) {
            filters.add(
                    random.nextBoolean()
                            ? new Filter("paid", Operator.EQUALS, List.of(random.nextBoolean()))
                            : new Filter("paid", Operator.NOT_SET, List.of()));
        }
        return filters;
    }

    private String city() {
        return random.nextInt(5) == 0 ? null : one(SimulatedModel.CITIES);
    }

    private Optional<Instant> midnight(ZoneId zone, int first, int last) {
        return random.nextInt(3) > 0
                ? Optional.empty()
                : Optional.of(SimulatedModel.FIRST_DAY
                        .plusDays(first + random.nextInt(last - first))
                        .atStartOfDay(zone)
                        .toInstant());
    }

    private <T> T one(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
