package io.bifocal.simulator;

import io.bifocal.core.cut.Hole;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.model.Model.Rollup;
import io.bifocal.core.oracle.Oracle;
import io.bifocal.core.oracle.Oracle.Group;
import io.bifocal.core.oracle.PlainEvent;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Answer.Row;
import io.bifocal.core.query.Answer.Status;
import io.bifocal.core.query.Query;
import io.bifocal.core.query.Query.Filter;
import io.bifocal.core.query.Query.Order;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeGrid;
import io.bifocal.simulator.SimulatedKafka.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an answer must be, by plain counting over all records that the manifest says it counts. */
final class Truth {
    private final Oracle oracle;
    private final String definition;
    private final boolean identity;
    private final Map<String, ZoneId> zones;
    private final SimulatedKafka kafka;

    /** @param model the version whose manifests are judged */
    Truth(SimulatedModel model, SimulatedKafka kafka) {
        this.oracle = new Oracle(model.definition());
        this.definition = model.hash();
        this.identity = model.identity();
        this.zones =
                model.definition().model().rollups().stream().collect(Collectors.toMap(Rollup::name, Rollup::zone));
        this.kafka = kafka;
    }

    /**
     * The events that a manifest counts: those that its generation does, each once, and those after its cut.
     *
     * @param sure those that are counted, each in its group, whatever becomes of records that are being erased and of repeated ones
     * @param doubtful those that are being erased
     */
    private record Counted(
            List<PlainEvent> exact, List<PlainEvent> later, List<PlainEvent> sure, Set<PlainEvent> doubtful) {
        boolean allExact() {
            return later.isEmpty();
        }
    }

    /** @throws Violation where an answer is not what plain counting gives */
    void check(Query query, Answer answer, Manifest manifest) {
        Counted counted = counted(query, manifest, zones.get(answer.meta().rollup()));
        if (!counted.doubtful().isEmpty() || (identity && !counted.allExact())) {
            try {
                checkBounds(query, answer, counted);
            } catch (Violation v) {
                throw new Violation(v.getMessage() + " DEBUG " + query + " " + answer + " at " + manifest);
            }
            return;
        }
        List<PlainEvent> all = new ArrayList<>(counted.exact());
        all.addAll(counted.later());
        List<Row> expected = rows(query, all, counted);
        boolean same = answer.rows().size() == expected.size();
        for (int i = 0; same && i < expected.size(); i++) {
            Row got = answer.rows().get(i);
            same = got.status() == expected.get(i).status()
                    && sameValues(got.values(), expected.get(i).values());
        }
        Violation.unless(
                same, () -> "of " + query + "\n got " + answer.rows() + "\ntrue " + expected + "\nat " + manifest);
    }

    /** Whether an answer that must be exact can be given, whichever rollup it is read from. */
    boolean exact(Query query, Manifest manifest) {
        return zones.values().stream()
                .allMatch(zone -> counted(query, manifest, zone).allExact());
    }

    /**
     * How many records of each kind a manifest counts, by topic id, partition and whether they are quarantined, as erased ones
     * are not; empty while some are being erased.
     */
    Optional<Map<List<Object>, Long>> ledger(Manifest manifest) {
        List<Entry> held = held(manifest);
        if (held.stream().anyMatch(kafka::isBeingErased)) {
            return Optional.empty();
        }
        Map<List<Object>, Long> counts = new HashMap<>();
        held.forEach(entry -> counts.merge(
                List.of(
                        entry.topicId(),
                        (long) entry.partition(),
                        !kafka.isErased(entry)
                                && entry.under(definition).event().isEmpty()),
                1L,
                Long::sum));
        return Optional.of(counts);
    }

    /** What a manifest names as missing. */
    static List<Hole> holes(Manifest manifest) {
        List<Hole> holes = new ArrayList<>(manifest.generation().holes());
        manifest.chain().forEach(part -> holes.addAll(part.holes()));
        return holes;
    }

    private List<Entry> held(Manifest manifest) {
        List<Hole> holes = holes(manifest);
        return kafka.before(manifest.end()).stream()
                .filter(entry -> holes.stream().noneMatch(hole -> within(hole, entry)))
                .toList();
    }

    private static boolean within(Hole hole, Entry entry) {
        return hole.topicId().equals(entry.topicId())
                && hole.partition() == entry.partition()
                && hole.from() <= entry.offset()
                && hole.to() > entry.offset();
    }

    /** @param zone of the rollup that is read */
    private Counted counted(Query query, Manifest manifest, ZoneId zone) {
        long shownFrom = shownFrom(query, manifest, zone);
        List<PlainEvent> exact = new ArrayList<>();
        List<PlainEvent> later = new ArrayList<>();
        Set<PlainEvent> doubtful = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Entry entry : held(manifest)) {
            if (kafka.isErased(entry)) {
                continue;
            }
            boolean inGeneration =
                    manifest.generation().cut().offset(entry.topicId(), entry.partition()) > entry.offset();
            entry.under(definition).event().ifPresent(event -> {
                (inGeneration ? exact : later).add(event);
                if (kafka.isBeingErased(entry)) {
                    doubtful.add(event);
                }
            });
        }
        // Topics are in the order of their ids, so the earliest by position is the first of its partition and topic.
        Collection<PlainEvent> once = identity ? first(exact, doubtful) : exact;
        Collection<PlainEvent> sure = identity ? first(exact, Set.of()) : exact;
        return new Counted(
                once.stream().filter(event -> matches(query, shownFrom, event)).toList(),
                later.stream().filter(event -> matches(query, shownFrom, event)).toList(),
                Stream.concat(sure.stream(), identity ? Stream.empty() : later.stream())
                        .filter(event -> !doubtful.contains(event) && matches(query, shownFrom, event))
                        .toList(),
                doubtful);
    }

    /** Of events with equal identity and time, the earliest that is sure, and what is in doubt before it; in the order of positions. */
    private static Collection<PlainEvent> first(List<PlainEvent> inOrder, Set<PlainEvent> doubtful) {
        Set<List<Object>> seen = new HashSet<>();
        return inOrder.stream()
                .filter(event -> {
                    List<Object> key = List.of(event.time(), event.identity());
                    return doubtful.contains(event) ? !seen.contains(key) : seen.add(key);
                })
                .toList();
    }

    private List<Row> rows(Query query, List<PlainEvent> events, Counted counted) {
        Optional<TimeGrid> grid = grid(query);
        Set<Group> fromGeneration = groups(query, counted.exact());
        Set<Group> fromLater = groups(query, counted.later());
        List<Row> rows = new ArrayList<>();
        oracle.answer(events, query.dimensions(), grid).forEach((group, metrics) -> {
            List<Object> values = new ArrayList<>();
            if (group.bucket() != null) {
                values.add(Instant.ofEpochSecond(group.bucket()));
            }
            values.addAll(group.key());
            query.metrics().forEach(metric -> values.add(value(metric, metrics)));
            Status status = !fromLater.contains(group)
                    ? Status.EXACT
                    : fromGeneration.contains(group) ? Status.MIXED : Status.PROVISIONAL;
            rows.add(new Row(values, status, Map.of()));
        });
        return rows.stream()
                .sorted(order(query))
                .limit(query.limit().orElse(Integer.MAX_VALUE))
                .toList();
    }

    private static Object value(String metric, Map<String, Object> metrics) {
        return metric.equals("small")
                ? (Long) metrics.get("events") - (Long) metrics.get("large")
                : metrics.get(metric);
    }

    /** Of an answer that may count a repeated event more than once, and one that is being erased or not, but no other less than once. */
    private void checkBounds(Query query, Answer answer, Counted counted) {
        if (query.limit().isPresent()) {
            return;
        }
        Map<Group, Long> least = counts(query, counted.sure());
        Map<Group, Long> most = counts(query, counted.exact());
        counts(query, counted.later()).forEach((group, events) -> most.merge(group, events, Long::sum));
        int keys = query.dimensions().size() + (grid(query).isPresent() ? 1 : 0);
        long all = 0;
        for (Row row : answer.rows()) {
            Group group = new Group(
                    grid(query).isPresent() ? ((Instant) row.values().get(0)).getEpochSecond() : null,
                    row.values().subList(keys - query.dimensions().size(), keys));
            long events = (Long) row.values().get(keys + query.metrics().indexOf("events"));
            all += events;
            Violation.unless(
                    events >= least.getOrDefault(group, 0L) && events <= most.getOrDefault(group, 0L),
                    () -> group + " has " + events + ", not between " + least.get(group) + " and " + most.get(group));
        }
        long counts = all;
        long atLeast = identity ? distinct(counted) : counted.sure().size();
        // Of two that are one event, either may be counted, and the other may be what a filter asks for.
        Violation.unless(counts >= atLeast || !query.filters().isEmpty(), () -> counts + " events, not " + atLeast);
    }

    private static long distinct(Counted counted) {
        return Stream.concat(counted.exact().stream(), counted.later().stream())
                .filter(event -> !counted.doubtful().contains(event))
                .map(event -> List.of(event.time(), event.identity()))
                .distinct()
                .count();
    }

    private static Map<Group, Long> counts(Query query, List<PlainEvent> events) {
        Map<Group, Long> counts = new HashMap<>();
        events.forEach(event -> counts.merge(group(query, event), 1L, Long::sum));
        return counts;
    }

    private static Set<Group> groups(Query query, List<PlainEvent> events) {
        return counts(query, events).keySet();
    }

    private static Group group(Query query, PlainEvent event) {
        List<Object> key = new ArrayList<>();
        query.dimensions().forEach(dimension -> key.add(event.dimensions().get(dimension)));
        return new Group(
                grid(query)
                        .map(each -> each.floor(event.time().getEpochSecond()))
                        .orElse(null),
                key);
    }

    private static Optional<TimeGrid> grid(Query query) {
        return query.time()
                .granularity()
                .map(each -> new TimeGrid(each, query.time().zone()));
    }

    /** Where the days begin that are shown, in epoch seconds. */
    private static long shownFrom(Query query, Manifest manifest, ZoneId zone) {
        ZoneId days = query.time()
                .granularity()
                .filter(rows -> rows.compareTo(Granularity.DAY) <= 0)
                .map(rows -> query.time().zone())
                .orElse(zone);
        return manifest.generation()
                .retainedFrom()
                .map(first -> first.atStartOfDay(days).toEpochSecond())
                .orElse(Long.MIN_VALUE);
    }

    private static boolean matches(Query query, long shownFrom, PlainEvent event) {
        return event.time().getEpochSecond() >= shownFrom
                && query.time().from().map(from -> !event.time().isBefore(from)).orElse(true)
                && query.time().to().map(to -> event.time().isBefore(to)).orElse(true)
                && query.filters().stream()
                        .allMatch(filter -> passes(filter, event.dimensions().get(filter.dimension())));
    }

    private static boolean passes(Filter filter, Object value) {
        List<Object> values = filter.values();
        return switch (filter.operator()) {
            case EQUALS -> values.contains(value);
            case NOT_EQUALS -> !values.contains(value);
            case CONTAINS ->
                value != null && values.stream().anyMatch(each -> ((String) value).contains((String) each));
            case STARTS_WITH ->
                value != null && values.stream().anyMatch(each -> ((String) value).startsWith((String) each));
            case GTE -> value != null && values.stream().anyMatch(each -> compare(value, each) >= 0);
            case SET -> value != null;
            case NOT_SET -> value == null;
            default -> throw new IllegalStateException("not asked here: " + filter);
        };
    }

    private static Comparator<Row> order(Query query) {
        List<String> columns = new ArrayList<>();
        query.time().granularity().ifPresent(any -> columns.add(Query.TIME));
        columns.addAll(query.dimensions());
        List<Comparator<Row>> orders = new ArrayList<>();
        for (Order order : query.order()) {
            int column = columns.size() + query.metrics().indexOf(order.by());
            orders.add(by(column, order.direction() == Query.Direction.ASC ? 1 : -1));
        }
        for (int column = 0; column < columns.size(); column++) {
            orders.add(by(column, 1));
        }
        return orders.stream().reduce(Comparator::thenComparing).orElse(Comparator.comparing(Row::status));
    }

    private static Comparator<Row> by(int column, int sign) {
        return Comparator.comparing(
                row -> row.values().get(column), Comparator.nullsLast((left, right) -> sign * compare(left, right)));
    }

    @SuppressWarnings("unchecked") // values of one column have one type
    private static int compare(Object left, Object right) {
        return left instanceof String text
                ? Arrays.compareUnsigned(
                        text.getBytes(StandardCharsets.UTF_8), ((String) right).getBytes(StandardCharsets.UTF_8))
                : ((Comparable<Object>) left).compareTo(right);
    }

    private static boolean sameValues(List<Object> got, List<Object> expected) {
        for (int i = 0; i < expected.size(); i++) {
            boolean same = (got.get(i) instanceof Double number && expected.get(i) instanceof Double other)
                    ? Math.abs(number - other) <= 4 * Math.ulp(other)
                    : Objects.equals(got.get(i), expected.get(i));
            if (!same) {
                return false;
            }
        }
        return true;
    }
}
