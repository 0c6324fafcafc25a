package io.bifocal.core.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.cut.InMemoryManifestStore;
import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.ManualClock;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.oracle.Oracle;
import io.bifocal.core.oracle.Oracle.Group;
import io.bifocal.core.oracle.PlainEvent;
import io.bifocal.core.oracle.SampleLambda;
import io.bifocal.core.query.Answer.Row;
import io.bifocal.core.query.Answer.Status;
import io.bifocal.core.query.Query.Direction;
import io.bifocal.core.query.Query.Fill;
import io.bifocal.core.query.Query.Filter;
import io.bifocal.core.query.Query.Order;
import io.bifocal.core.query.Query.TimeRange;
import io.bifocal.core.time.TimeGrid;
import io.bifocal.core.view.InMemoryViewStore;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * The whole language: whatever model, whatever events in whatever parts, whatever query in whatever zone, answers are what is
 * obviously right for the list of all events.
 */
class LanguagePropertyTest {
    private static final int STEPS = 8;
    private static final int QUERIES_PER_STEP = 25;
    private static final long MOST_ROWS = 4_000;
    private static final double TOLERANCE = 1e-9;

    private RandomQuestions questions;
    private SampleLambda lambda;
    private QueryEngine engine;
    private final List<PlainEvent> events = new ArrayList<>();

    @RepeatedTest(10)
    void answersAsANaiveOracleDoes(RepetitionInfo repetition) {
        long seed = 1_000L + repetition.getCurrentRepetition();
        Random random = new Random(seed);
        begin(seed);
        int asked = 0;
        int answered = 0;
        LiveRun run = lambda.join();
        for (int step = 0; step < STEPS; step++) {
            run = happen(random, run);
            for (int i = 0; i < QUERIES_PER_STEP; i++) {
                Query query = questions.query();
                asked++;
                answered +=
                        check(query, "seed " + seed + ", query " + asked + ": " + QueryPrinter.toJson(query)) ? 1 : 0;
            }
        }
        assertThat(answered).as("answered of %s, seed %s", asked, seed).isGreaterThan(asked / 2);
    }

    private void begin(long seed) {
        questions = new RandomQuestions(seed);
        InMemoryManifestStore manifests = new InMemoryManifestStore();
        InMemoryViewStore views = new InMemoryViewStore();
        ManualClock clock = new ManualClock(Instant.parse("2027-02-01T00:00:00Z"));
        lambda = new SampleLambda(manifests, views, clock, 2, questions.definition);
        engine = new QueryEngine(
                manifests,
                views,
                new OneDefinition(questions.definition),
                manifest -> Instant.EPOCH,
                QueryObserver.NONE,
                clock,
                new QueryEngine.Limits(
                        Duration.ofSeconds(60),
                        3,
                        Duration.ofMinutes(2),
                        new Cost(Long.MAX_VALUE, MOST_ROWS),
                        MOST_ROWS));
    }

    /** Some events arrive; some are counted live; some parts are folded; now and then a batch recomputes. */
    private LiveRun happen(Random random, LiveRun running) {
        List<PlainEvent> more = questions.events(events.size(), 5 + random.nextInt(30));
        lambda.produce(more);
        events.addAll(more);
        LiveRun run = random.nextInt(4) == 0 ? lambda.join() : running;
        while (lambda.microBatch(run, 1 + random.nextInt(20))) {
            if (random.nextInt(3) == 0) {
                lambda.fold();
            }
        }
        if (random.nextInt(3) == 0) {
            lambda.begin(events.size()).ifPresent(lambda::publish);
        }
        return run;
    }

    private record OneDefinition(Definition definition) implements Definitions {
        @Override
        public List<String> models() {
            return List.of(SampleLambda.MODEL);
        }

        @Override
        public Optional<Definition> current(String model) {
            return Optional.of(definition);
        }

        @Override
        public Optional<Definition> byHash(String model, String hash) {
            return Optional.of(definition);
        }
    }

    /** Whether it was answered, as it must be; refused is only what may be. */
    private boolean check(Query query, String what) {
        try {
            Query unlimited = new Query(
                    query.model(),
                    query.metrics(),
                    query.dimensions(),
                    query.time(),
                    query.filters(),
                    query.order(),
                    Optional.empty(),
                    query.require(),
                    query.maxStalenessMillis());
            Answer all = engine.answer(unlimited);
            checkRows(query, all.rows(), what);
            checkOrder(query, all, what);
            Answer answer = engine.answer(query);
            assertThat(answer.rows())
                    .as(what)
                    .isEqualTo(all.rows()
                            .subList(
                                    0, Math.min(all.rows().size(), query.limit().orElse(Integer.MAX_VALUE))));
            assertThat(engine.answer(new Question.Earlier(answer.meta().answer())))
                    .as(what)
                    .isEqualTo(answer);
            return true;
        } catch (BifocalException fault) {
            boolean filled = fault.code() == ErrorCode.TOO_EXPENSIVE
                    && query.time().fill() != Fill.NONE
                    && fault.getMessage().startsWith("The answer would have more than");
            boolean windows =
                    fault.code() == ErrorCode.BAD_QUERY && fault.getMessage().contains("cumulates over");
            if (!filled && !windows) {
                throw new AssertionError(what, fault);
            }
            return false;
        }
    }

    private void checkRows(Query query, List<Row> rows, String what) {
        Map<Group, List<PlainEvent>> own = new HashMap<>();
        inRange(query).forEach(event -> own.computeIfAbsent(group(query, event), key -> new ArrayList<>())
                .add(event));
        Set<Group> expected = new HashSet<>(own.keySet());
        expected.addAll(filled(query, own.keySet()));
        assertThat(rows.stream().map(row -> group(query, row)).toList())
                .as(what)
                .containsExactlyInAnyOrderElementsOf(expected);
        for (Row row : rows) {
            Group group = group(query, row);
            checkRow(query, row, group, own.getOrDefault(group, List.of()), what + " " + group);
        }
    }

    private void checkRow(Query query, Row row, Group group, List<PlainEvent> own, String what) {
        Map<String, Object> values = new HashMap<>(new Oracle(questions.definition).values(own));
        Set<PlainEvent> sources = new HashSet<>(own);
        Map<String, Object> cumulated = new LinkedHashMap<>();
        for (CumulativeMetric metric : reached(query)) {
            List<PlainEvent> window = window(query, metric, group);
            sources.addAll(window);
            cumulated.put(
                    metric.name(),
                    new Oracle(questions.definition).values(window).get(metric.name()));
        }
        values.putAll(cumulated);
        if (cumulated.containsKey("money_ever")) {
            values.put("share", ratio(values.get("money"), cumulated.get("money_ever")));
        }
        int first = row.values().size() - query.metrics().size();
        for (int i = 0; i < query.metrics().size(); i++) {
            Object value = values.get(query.metrics().get(i));
            boolean zero = value == null && own.isEmpty() && query.time().fill() == Fill.ZERO;
            same(
                    row.values().get(first + i),
                    zero ? zero(row.values().get(first + i)) : value,
                    what + " " + query.metrics().get(i));
        }
        assertThat(row.estimates()).as(what).isEmpty();
        long cut = lambda.manifest().generation().records();
        long exact = sources.stream().filter(event -> event.offset() < cut).count();
        Status status = sources.isEmpty()
                ? cut > 0 ? Status.EXACT : Status.PROVISIONAL
                : exact == sources.size() ? Status.EXACT : exact == 0 ? Status.PROVISIONAL : Status.MIXED;
        assertThat(row.status()).as(what).isEqualTo(status);
    }

    private List<CumulativeMetric> reached(Query query) {
        return questions.definition.model().metrics().stream()
                .filter(CumulativeMetric.class::isInstance)
                .map(CumulativeMetric.class::cast)
                .filter(metric -> query.metrics().contains(metric.name())
                        || (metric.name().equals("money_ever")
                                && query.metrics().contains("share")))
                .toList();
    }

    /** The events of the group's dimensions in the window that ends with its bucket. */
    private List<PlainEvent> window(Query query, CumulativeMetric metric, Group group) {
        TimeGrid rows = grid(query).orElseThrow();
        long end = rows.next(group.bucket());
        long start =
                metric.window().map(window -> window.start(end, rows.zone())).orElse(Long.MIN_VALUE);
        long grain = metric.grainToDate()
                .map(each -> new TimeGrid(each, rows.zone()).floor(group.bucket()))
                .orElse(Long.MIN_VALUE);
        TimeRange upToEnd = query.time().since(Optional.empty());
        return inRange(query.over(upToEnd)).stream()
                .filter(event -> group(query, event).key().equals(group.key()))
                .filter(event -> {
                    long bucket = rows.floor(event.time().getEpochSecond());
                    return bucket >= start && bucket >= grain && bucket <= group.bucket();
                })
                .toList();
    }

    /** The groups of every bucket of the range, for each combination of dimensions that is seen in it or in a window. */
    private Set<Group> filled(Query query, Set<Group> own) {
        Set<Group> filled = new HashSet<>();
        if (query.time().fill() == Fill.NONE) {
            return filled;
        }
        TimeGrid rows = grid(query).orElseThrow();
        Set<List<Object>> keys = new HashSet<>();
        own.forEach(group -> keys.add(group.key()));
        List<CumulativeMetric> cumulative = reached(query);
        long reach = Accumulation.reach(cumulative, query.time());
        if (!cumulative.isEmpty()) {
            inRange(query.over(query.time().since(Accumulation.bound(reach))))
                    .forEach(event -> keys.add(group(query, event).key()));
        }
        Optional<Long> first = query.time().from().map(from -> rows.floor(from.getEpochSecond()));
        Optional<Long> last = query.time().to().map(to -> to.getEpochSecond() - 1);
        Comparator<Long> time = Comparator.naturalOrder();
        long from = first.or(() -> own.stream().map(Group::bucket).min(time)).orElse(Long.MAX_VALUE);
        long to = last.or(() -> own.stream().map(Group::bucket).max(time)).orElse(Long.MIN_VALUE);
        if (!keys.isEmpty() && ((first.isPresent() && last.isPresent()) || !own.isEmpty())) {
            for (long bucket = from; bucket <= to; bucket = rows.next(bucket)) {
                for (List<Object> key : keys) {
                    filled.add(new Group(bucket, key));
                }
            }
        }
        return filled;
    }

    private static Optional<TimeGrid> grid(Query query) {
        return query.time()
                .granularity()
                .map(granularity -> new TimeGrid(granularity, query.time().zone()));
    }

    private static Group group(Query query, PlainEvent event) {
        return new Group(
                grid(query)
                        .map(grid -> grid.floor(event.time().getEpochSecond()))
                        .orElse(null),
                Arrays.asList(
                        query.dimensions().stream().map(event.dimensions()::get).toArray()));
    }

    private static Group group(Query query, Row row) {
        boolean timed = query.time().granularity().isPresent();
        int first = timed ? 1 : 0;
        return new Group(
                timed ? ((Instant) row.values().get(0)).getEpochSecond() : null,
                row.values().subList(first, first + query.dimensions().size()));
    }

    private List<PlainEvent> inRange(Query query) {
        return events.stream()
                .filter(event -> query.time()
                        .from()
                        .map(from -> !event.time().isBefore(from))
                        .orElse(true))
                .filter(event ->
                        query.time().to().map(to -> event.time().isBefore(to)).orElse(true))
                .filter(event -> query.filters().stream()
                        .allMatch(filter -> passes(event.dimensions().get(filter.dimension()), filter)))
                .toList();
    }

    private static boolean passes(Object value, Filter filter) {
        List<Object> wanted =
                filter.values().stream().map(each -> typed(each, value)).toList();
        return switch (filter.operator()) {
            case SET -> value != null;
            case NOT_SET -> value == null;
            case EQUALS -> filter.values().stream().anyMatch(each -> equal(value, each));
            case NOT_EQUALS -> filter.values().stream().noneMatch(each -> equal(value, each));
            case CONTAINS ->
                value != null
                        && wanted.stream().anyMatch(each -> value.toString().contains((String) each));
            case NOT_CONTAINS ->
                value == null
                        || wanted.stream().noneMatch(each -> value.toString().contains((String) each));
            case STARTS_WITH ->
                value != null
                        && wanted.stream().anyMatch(each -> value.toString().startsWith((String) each));
            case GT -> value != null && wanted.stream().anyMatch(each -> compare(value, each) > 0);
            case GTE -> value != null && wanted.stream().anyMatch(each -> compare(value, each) >= 0);
            case LT -> value != null && wanted.stream().anyMatch(each -> compare(value, each) < 0);
            case LTE -> value != null && wanted.stream().anyMatch(each -> compare(value, each) <= 0);
        };
    }

    private static boolean equal(Object value, Object asked) {
        return (value == null || asked == null) ? value == asked : compare(value, typed(asked, value)) == 0;
    }

    /** What a question holds, as a value of a dimension's type. */
    private static Object typed(Object asked, Object like) {
        return like instanceof Instant && asked != null
                ? OffsetDateTime.parse((String) asked).toInstant()
                : asked;
    }

    private static int compare(Object left, Object right) {
        if (left instanceof Number) {
            return new BigDecimal(left.toString()).compareTo(new BigDecimal(right.toString()));
        }
        return left instanceof String text
                ? Arrays.compareUnsigned(
                        text.getBytes(StandardCharsets.UTF_8), ((String) right).getBytes(StandardCharsets.UTF_8))
                : compareSame(left, right);
    }

    @SuppressWarnings("unchecked") // both are instants, or both are truth values
    private static int compareSame(Object left, Object right) {
        return ((Comparable<Object>) left).compareTo(right);
    }

    private static void checkOrder(Query query, Answer answer, String what) {
        List<Order> orders = new ArrayList<>(query.order());
        int keys = answer.columns().size() - query.metrics().size();
        answer.columns().subList(0, keys).forEach(column -> orders.add(new Order(column.name(), Direction.ASC)));
        List<String> names = answer.columns().stream().map(Answer.Column::name).toList();
        assertThat(answer.rows()).as(what).isSortedAccordingTo((left, right) -> {
            for (Order order : orders) {
                Object a = left.values().get(names.indexOf(order.by()));
                Object b = right.values().get(names.indexOf(order.by()));
                if (!Objects.equals(a, b) && (a == null || b == null || compare(a, b) != 0)) {
                    return a == null
                            ? 1
                            : b == null ? -1 : compare(a, b) * (order.direction() == Direction.ASC ? 1 : -1);
                }
            }
            return 0;
        });
    }

    private static void same(Object answered, Object expected, String what) {
        if (answered instanceof Double number && expected != null) {
            double wanted = ((Number) expected).doubleValue();
            assertThat(number).as(what).isCloseTo(wanted, Offset.offset(TOLERANCE * Math.max(1, Math.abs(wanted))));
        } else if (answered instanceof BigInteger || expected instanceof BigDecimal) {
            assertThat(new BigDecimal(answered.toString())).as(what).isEqualByComparingTo(expected.toString());
        } else {
            assertThat(answered).as(what).isEqualTo(expected);
        }
    }

    private static Object ratio(Object numerator, Object denominator) {
        return numerator == null || denominator == null || ((BigDecimal) denominator).signum() == 0
                ? null
                : ((BigDecimal) numerator).doubleValue() / ((BigDecimal) denominator).doubleValue();
    }

    /** What stands for null where numbers are filled in. */
    private static Object zero(Object answered) {
        return answered instanceof Double
                ? (Object) 0.0
                : answered instanceof Long ? (Object) 0L : answered instanceof BigDecimal ? BigDecimal.ZERO : null;
    }
}
