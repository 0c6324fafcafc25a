package io.bifocal.serving.prometheus;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Query;
import io.bifocal.core.query.Query.Filter;
import io.bifocal.core.query.Query.Operator;
import io.bifocal.core.query.Query.Require;
import io.bifocal.core.query.Query.TimeRange;
import io.bifocal.core.query.QueryEngine;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeGrid;
import io.bifocal.serving.prometheus.MetricNames.Named;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads metrics as Prometheus' series. A series has the labels that its selector names, and a point for each bucket in which
 * there are events: its time is the bucket's start, its value the metric over the bucket. A null dimension is an absent label.
 */
@Singleton
class SeriesReader {
    /** Of fixed length in UTC, so that steps can be put to them. */
    private static final List<Granularity> STEPS = List.of(
            Granularity.MINUTE, Granularity.FIVE_MINUTES, Granularity.QUARTER_HOUR, Granularity.HOUR, Granularity.DAY);

    private static final int SECONDS_PER_DAY = 86_400;

    private final QueryEngine engine;

    SeriesReader(QueryEngine engine) {
        this.engine = engine;
    }

    /** A value at a time, in epoch seconds. */
    record Point(long time, String value) {}

    /** Points of one label set, in order of time. */
    record Series(Map<String, String> labels, List<Point> points) {}

    /** Epoch seconds; the buckets that hold them are read whole. */
    record Interval(long start, long end) {}

    /**
     * The series of a metric.
     *
     * @param step seconds; buckets are the longest that are no longer, or the shortest that the model keeps
     * @param warnings of the answer are added to these
     */
    List<Series> read(
            Named named, List<Matcher> conditions, Interval interval, double step, Collection<String> warnings) {
        if (impossible(named, conditions)) {
            return List.of();
        }
        Set<String> labels = labels(named, conditions);
        Answer answer = answer(
                named.definition().model().name(),
                List.of(named.metric().name()),
                labels,
                filters(named, conditions),
                Optional.of(interval),
                coarserThan(step));
        warnings.addAll(answer.meta().warnings());
        Map<Map<String, String>, Series> series = new TreeMap<>(Comparator.comparing(Map::toString));
        for (Answer.Row row : answer.rows()) {
            Map<String, String> values = values(labels, row.values().subList(1, 1 + labels.size()));
            Object value = row.values().get(1 + labels.size());
            if (value != null && matches(conditions, values)) {
                values.put(Matcher.NAME, named.name());
                series.computeIfAbsent(values, each -> new Series(each, new ArrayList<>()))
                        .points()
                        .add(new Point(((Instant) row.values().get(0)).getEpochSecond(), text(value)));
            }
        }
        return List.copyOf(series.values());
    }

    /**
     * The label sets of a metric's series: of the labels that the conditions name, and some more.
     *
     * @param interval empty: of all time
     */
    Set<Map<String, String>> labelSets(
            Named named, List<Matcher> conditions, List<String> more, Optional<Interval> interval) {
        if (impossible(named, conditions)) {
            return Set.of();
        }
        Set<String> labels = labels(named, conditions);
        more.stream().filter(named.dimensions()::contains).forEach(labels::add);
        Answer answer = answer(
                named.definition().model().name(),
                labels.isEmpty() ? List.of(named.metric().name()) : List.of(),
                labels,
                filters(named, conditions),
                interval,
                List.of());
        Set<Map<String, String>> sets = new LinkedHashSet<>();
        for (Answer.Row row : answer.rows()) {
            Map<String, String> values = values(labels, row.values().subList(0, labels.size()));
            if (matches(conditions, values)) {
                values.put(Matcher.NAME, named.name());
                sets.add(values);
            }
        }
        return sets;
    }

    /** Tries granularities from the finest that is wanted to the coarsest, and so finds what the model keeps. */
    private Answer answer(
            String model,
            List<String> metrics,
            Set<String> labels,
            List<Filter> filters,
            Optional<Interval> interval,
            List<Granularity> rows) {
        BifocalException refusal = null;
        for (Granularity granularity : rows.isEmpty() ? STEPS : rows) {
            TimeGrid grid = new TimeGrid(granularity, ZoneOffset.UTC);
            TimeRange time = new TimeRange(
                    interval.map(each -> Instant.ofEpochSecond(grid.floor(each.start()))),
                    interval.map(each -> Instant.ofEpochSecond(grid.next(grid.floor(each.end())))),
                    Optional.of(granularity).filter(each -> !rows.isEmpty()),
                    ZoneOffset.UTC,
                    Query.Fill.NONE);
            try {
                return engine.answer(new Query(
                        model,
                        metrics,
                        List.copyOf(labels),
                        time,
                        filters,
                        List.of(),
                        Optional.empty(),
                        Require.ANY,
                        Optional.empty()));
            } catch (BifocalException refused) {
                if (refused.code() != ErrorCode.NO_ROLLUP) {
                    throw refused;
                }
                refusal = refusal == null ? refused : refusal;
            }
        }
        throw refusal;
    }

    private static List<Granularity> coarserThan(double step) {
        int first = 0;
        while (first + 1 < STEPS.size() && seconds(STEPS.get(first + 1)) <= step) {
            first++;
        }
        return STEPS.subList(first, STEPS.size());
    }

    private static int seconds(Granularity granularity) {
        return granularity == Granularity.DAY ? SECONDS_PER_DAY : granularity.seconds();
    }

    /** A label that the metric does not have is empty in all its series. */
    private static boolean impossible(Named named, List<Matcher> conditions) {
        return conditions.stream().anyMatch(each -> !named.dimensions().contains(each.label()) && !each.matches(""));
    }

    private static Set<String> labels(Named named, List<Matcher> conditions) {
        Set<String> labels = new LinkedHashSet<>();
        conditions.stream()
                .map(Matcher::label)
                .filter(named.dimensions()::contains)
                .forEach(labels::add);
        return labels;
    }

    /** What the engine can leave out; {@link #matches} is asked of everything that is left. */
    private static List<Filter> filters(Named named, List<Matcher> conditions) {
        return conditions.stream()
                .filter(each -> ValueType.STRING.equals(
                        named.definition().dimensionTypes().get(each.label())))
                .filter(each -> each.equal().filter(value -> !value.isEmpty()).isPresent())
                .map(each -> new Filter(
                        each.label(), Operator.EQUALS, List.of(each.equal().orElseThrow())))
                .toList();
    }

    private static boolean matches(List<Matcher> conditions, Map<String, String> labels) {
        return conditions.stream().allMatch(each -> each.matches(labels.getOrDefault(each.label(), "")));
    }

    private static Map<String, String> values(Set<String> labels, List<Object> values) {
        Map<String, String> texts = new TreeMap<>();
        int i = 0;
        for (String label : labels) {
            Object value = values.get(i++);
            if (value != null && !value.equals("")) {
                texts.put(label, text(value));
            }
        }
        return texts;
    }

    private static String text(Object value) {
        return value instanceof BigDecimal number ? number.toPlainString() : value.toString();
    }
}
