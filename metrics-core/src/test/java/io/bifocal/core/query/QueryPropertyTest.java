package io.bifocal.core.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.oracle.Oracle;
import io.bifocal.core.oracle.PlainEvent;
import io.bifocal.core.query.Answer.Row;
import io.bifocal.core.query.Answer.Status;
import io.bifocal.core.query.Query.Fill;
import io.bifocal.core.query.Query.Filter;
import io.bifocal.core.query.Query.Operator;
import io.bifocal.core.query.Query.Require;
import io.bifocal.core.query.Query.TimeRange;
import io.bifocal.core.query.Shop.Sale;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeGrid;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Whatever came when and was recomputed when: answers are what a naive oracle computes from the list of all sales. */
class QueryPropertyTest {
    private static final List<String> COUNTRIES = Arrays.asList("FR", "DE", "Côte d'Ivoire", "\uFF21", "😀", "", null);
    private static final List<ZoneId> ZONES =
            List.of(ZoneOffset.UTC, Shop.LONDON, ZoneId.of("America/New_York"), ZoneId.of("Asia/Kathmandu"));
    private static final List<String> METRICS =
            List.of("sales", "units", "revenue", "dearest", "buyers", "revenue_per_buyer");
    /** The year's first day and both of London's clock changes are in it. */
    private static final long START = Instant.parse("2026-01-01T00:00:00Z").getEpochSecond();

    private static final int QUERIES = 60;

    @RepeatedTest(12)
    void answersAsANaiveOracleDoes(RepetitionInfo repetition) {
        long seed = 40L + repetition.getCurrentRepetition();
        Random random = new Random(seed);
        Shop shop = new Shop();
        int inGeneration = 0;
        Map<String, Answer> given = new HashMap<>();
        int refused = 0;
        for (int step = 0; step < QUERIES; step++) {
            if (step % 6 == 0) {
                shop.live(IntStream.range(0, 1 + random.nextInt(30))
                        .mapToObj(i -> sale(random))
                        .toList());
            }
            if (step % 20 == 19) {
                shop.recompute();
                inGeneration = shop.counted.size();
            }
            Query query = query(random);
            try {
                Answer answer = shop.engine().answer(query);
                check(shop, inGeneration, query, answer, "seed " + seed + " step " + step + " " + query);
                given.put(answer.meta().answer(), answer);
            } catch (BifocalException fault) {
                assertThat(fault.code()).as("seed %s: %s", seed, fault).isEqualTo(ErrorCode.NO_ROLLUP);
                refused++;
            }
        }
        assertThat(refused).isLessThan(QUERIES / 2);
        given.forEach((token, answer) -> assertThat(shop.engine().answer(new Question.Earlier(token)))
                .as("seed " + seed)
                .isEqualTo(answer));
    }

    private static void check(Shop shop, int inGeneration, Query query, Answer answer, String what) {
        List<Sale> matching =
                shop.counted.stream().filter(sale -> matches(query, sale)).toList();
        Optional<TimeGrid> grid = query.time()
                .granularity()
                .map(each -> new TimeGrid(each, query.time().zone()));
        List<PlainEvent> events =
                matching.stream().map(QueryPropertyTest::plain).toList();
        Map<Oracle.Group, Map<String, Object>> expected =
                new Oracle(shop.definition).answer(events, query.dimensions(), grid);
        int keys = query.dimensions().size() + (grid.isPresent() ? 1 : 0);

        assertThat(answer.rows()).as(what).hasSize(expected.size());
        for (Row row : answer.rows()) {
            Long bucket = grid.isPresent() ? ((Instant) row.values().get(0)).getEpochSecond() : null;
            List<Object> dimensions =
                    row.values().subList(keys - query.dimensions().size(), keys);
            Oracle.Group group = new Oracle.Group(bucket, dimensions);
            assertThat(expected).as(what).containsKey(group);
            for (int i = 0; i < query.metrics().size(); i++) {
                Object value = expected.get(group).get(query.metrics().get(i));
                assertThat(row.values().get(keys + i))
                        .as(what + " " + group)
                        .satisfies(answered -> same(answered, value));
            }
            assertThat(row.status())
                    .as(what + " " + group)
                    .isEqualTo(status(
                            IntStream.range(0, shop.counted.size())
                                    .filter(i -> matches(query, shop.counted.get(i)))
                                    .filter(i -> group.equals(group(shop.counted.get(i), query, grid)))
                                    .toArray(),
                            inGeneration));
        }
        assertThat(answer.rows()).as(what).isSortedAccordingTo((left, right) -> compare(left, right, keys));
    }

    /** A ratio of decimals is rounded once by the engine and three times by the oracle. */
    private static void same(Object answered, Object value) {
        if (value instanceof Double number) {
            assertThat((Double) answered).isCloseTo(number, Offset.offset(4 * Math.ulp(number)));
        } else {
            assertThat(answered).isEqualTo(value);
        }
    }

    private static Oracle.Group group(Sale sale, Query query, Optional<TimeGrid> grid) {
        return new Oracle.Group(
                grid.map(each -> each.floor(sale.time().getEpochSecond())).orElse(null),
                query.dimensions().stream().map(name -> value(sale, name)).toList());
    }

    /** Sales are counted in order, so those in the generation are the first. */
    private static Status status(int[] members, int inGeneration) {
        long exact = Arrays.stream(members).filter(i -> i < inGeneration).count();
        return exact == members.length ? Status.EXACT : exact == 0 ? Status.PROVISIONAL : Status.MIXED;
    }

    private static int compare(Row left, Row right, int keys) {
        for (int i = 0; i < keys; i++) {
            Object a = left.values().get(i);
            Object b = right.values().get(i);
            if (!Objects.equals(a, b)) {
                return a == null ? 1 : b == null ? -1 : Arrays.compareUnsigned(sortable(a), sortable(b));
            }
        }
        return 0;
    }

    private static byte[] sortable(Object value) {
        String text = value instanceof Long number ? String.format("%020d", number) : value.toString();
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean matches(Query query, Sale sale) {
        boolean inRange =
                query.time().from().map(from -> !sale.time().isBefore(from)).orElse(true)
                        && query.time().to().map(to -> sale.time().isBefore(to)).orElse(true);
        return inRange
                && query.filters().stream().allMatch(filter -> {
                    Object value = value(sale, filter.dimension());
                    boolean among = filter.values().stream().anyMatch(each -> Objects.equals(each, value));
                    return switch (filter.operator()) {
                        case EQUALS -> among;
                        case NOT_EQUALS -> !among;
                        case SET -> value != null;
                        default -> throw new IllegalStateException("not asked here: " + filter);
                    };
                });
    }

    private static Object value(Sale sale, String dimension) {
        return switch (dimension) {
            case "country" -> sale.country();
            case "sku" -> sale.sku();
            default -> sale.paid();
        };
    }

    private static PlainEvent plain(Sale sale) {
        Map<String, Object> dimensions = new HashMap<>();
        List.of("country", "sku", "paid").forEach(name -> dimensions.put(name, value(sale, name)));
        Map<String, Object> inputs = new HashMap<>();
        inputs.put("sales", true);
        inputs.put("units", sale.units());
        inputs.put("revenue", sale.price());
        inputs.put("dearest", sale.price());
        inputs.put("buyers", sale.buyer());
        return new PlainEvent(sale.time(), 0, 0, List.of(), dimensions, inputs);
    }

    private static Sale sale(Random random) {
        return new Sale(
                Instant.ofEpochSecond(START + random.nextInt(365 * 24 * 4) * 900L),
                one(random, COUNTRIES),
                random.nextInt(6) == 0 ? null : (long) random.nextInt(4),
                random.nextInt(5) == 0 ? null : random.nextBoolean(),
                random.nextInt(5) == 0 ? null : (long) random.nextInt(100) - 20,
                random.nextInt(5) == 0 ? null : BigDecimal.valueOf(random.nextInt(10_000) - 500, 2),
                random.nextInt(5) == 0 ? null : "buyer " + random.nextInt(9));
    }

    private static Query query(Random random) {
        List<String> dimensions = new ArrayList<>(one(
                random,
                List.of(List.of(), List.of("country"), List.of("paid"), List.of("sku"), List.of("paid", "country"))));
        Collections.shuffle(dimensions, random);
        ZoneId zone = one(random, ZONES);
        Optional<Granularity> granularity = random.nextInt(3) == 0
                ? Optional.empty()
                : Optional.of(one(
                        random,
                        List.of(
                                Granularity.HOUR,
                                Granularity.DAY,
                                Granularity.WEEK,
                                Granularity.MONTH,
                                Granularity.YEAR)));
        List<String> metrics = new ArrayList<>(METRICS);
        Collections.shuffle(metrics, random);
        List<Filter> filters = new ArrayList<>();
        if (random.nextInt(3) == 0 && !dimensions.contains("sku")) {
            filters.add(new Filter(
                    "country",
                    one(random, List.of(Operator.EQUALS, Operator.NOT_EQUALS)),
                    Arrays.asList(one(random, COUNTRIES), one(random, COUNTRIES))));
        }
        if (random.nextInt(5) == 0 && !dimensions.contains("sku")) {
            filters.add(new Filter("paid", Operator.SET, List.of()));
        }
        return new Query(
                "shop",
                metrics.subList(0, 1 + random.nextInt(metrics.size())),
                dimensions,
                new TimeRange(
                        midnight(random, zone, 0, 180), midnight(random, zone, 180, 365), granularity, zone, Fill.NONE),
                filters,
                List.of(),
                Optional.empty(),
                Require.ANY,
                Optional.empty());
    }

    private static Optional<Instant> midnight(Random random, ZoneId zone, int first, int last) {
        LocalDate date = LocalDate.of(2026, 1, 1).plusDays(first + random.nextInt(last - first));
        return random.nextInt(3) == 0
                ? Optional.empty()
                : Optional.of(date.atStartOfDay(zone).toInstant());
    }

    private static <T> T one(Random random, List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
