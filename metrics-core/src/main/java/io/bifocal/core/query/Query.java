package io.bifocal.core.query;

import io.bifocal.core.time.Granularity;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A question about a model's metrics, as it was asked: its form is right, its names may still be unknown.
 *
 * @param filters all of which a row must pass
 * @param order before the default order, which breaks ties
 * @param limit how many rows at most, after ordering; empty: all
 * @param maxStalenessMillis refuse the answer if it is fresh through less than this ago
 */
public record Query(
        String model,
        List<String> metrics,
        List<String> dimensions,
        TimeRange time,
        List<Filter> filters,
        List<Order> order,
        Optional<Integer> limit,
        Require require,
        Optional<Long> maxStalenessMillis)
        implements Question {

    /** What ordering calls the time column. */
    public static final String TIME = "time";

    public Query {
        metrics = List.copyOf(metrics);
        dimensions = List.copyOf(dimensions);
        filters = List.copyOf(filters);
        order = List.copyOf(order);
    }

    /** All events of a model, in one row. */
    public static Query of(String model, List<String> metrics) {
        return new Query(
                model,
                metrics,
                List.of(),
                TimeRange.ALL,
                List.of(),
                List.of(),
                Optional.empty(),
                Require.ANY,
                Optional.empty());
    }

    /** The same question about another time. */
    Query over(TimeRange other) {
        return new Query(model, metrics, dimensions, other, filters, order, limit, require, maxStalenessMillis);
    }

    /** The same question with fewer dimensions, by which it is ordered no more. */
    Query without(String dimension) {
        return new Query(
                model,
                metrics,
                dimensions.stream().filter(each -> !each.equals(dimension)).toList(),
                time,
                filters,
                order.stream().filter(each -> !each.by().equals(dimension)).toList(),
                limit,
                require,
                maxStalenessMillis);
    }

    /** The same question, without a demand on how exact or fresh its answer must be. */
    public Query withoutDemands() {
        return new Query(model, metrics, dimensions, time, filters, order, limit, Require.ANY, Optional.empty());
    }

    /**
     * Which events count, by event time, and into which rows they go.
     *
     * @param from inclusive; empty: from the first
     * @param to exclusive; empty: to the last
     * @param granularity of the rows; empty: one row over the whole range
     * @param zone whose calendar the granularity follows
     * @param fill whether buckets without events have rows
     */
    public record TimeRange(
            Optional<Instant> from, Optional<Instant> to, Optional<Granularity> granularity, ZoneId zone, Fill fill) {
        public static final TimeRange ALL =
                new TimeRange(Optional.empty(), Optional.empty(), Optional.empty(), ZoneOffset.UTC, Fill.NONE);

        TimeRange since(Optional<Instant> other) {
            return new TimeRange(other, to, granularity, zone, fill);
        }

        TimeRange by(Granularity other) {
            return new TimeRange(from, to, Optional.of(other), zone, fill);
        }

        TimeRange filled(Fill other) {
            return new TimeRange(from, to, granularity, zone, other);
        }
    }

    /** What stands for buckets without events, between the bounds of the range, or else between the first and last row. */
    public enum Fill {
        /** No row. */
        NONE("none"),
        /** A row with what metrics are where there are no events: counts are 0, the others null. */
        EMPTY("empty"),
        /** The same, with 0 for the numbers that would be null. */
        ZERO("zero");

        private final String text;

        Fill(String text) {
            this.text = text;
        }

        /** The name that users write. */
        public String text() {
            return text;
        }
    }

    /**
     * A condition on a dimension.
     *
     * @param values any of which may match: {@code String}, {@code BigDecimal}, {@code Boolean}, or null
     */
    public record Filter(String dimension, Operator operator, List<Object> values) {
        public Filter {
            values = Collections.unmodifiableList(new ArrayList<>(values));
        }
    }

    /** How a dimension is compared with the values. */
    public enum Operator {
        EQUALS("equals"),
        NOT_EQUALS("notEquals"),
        CONTAINS("contains"),
        NOT_CONTAINS("notContains"),
        STARTS_WITH("startsWith"),
        GT("gt"),
        GTE("gte"),
        LT("lt"),
        LTE("lte"),
        SET("set"),
        NOT_SET("notSet");

        private final String text;

        Operator(String text) {
            this.text = text;
        }

        /** The name that users write. */
        public String text() {
            return text;
        }
    }

    /**
     * A column by which rows are ordered; nulls are last either way.
     *
     * @param by a metric, a dimension, or {@link #TIME}
     */
    public record Order(String by, Direction direction) {}

    /** Upwards or downwards. */
    public enum Direction {
        ASC("asc"),
        DESC("desc");

        private final String text;

        Direction(String text) {
            this.text = text;
        }

        /** The name that users write. */
        public String text() {
            return text;
        }
    }

    /** Which answers the asker accepts. */
    public enum Require {
        /** Whatever is known now. */
        ANY("any"),
        /** Only numbers that come from the generation alone. */
        EXACT("exact");

        private final String text;

        Require(String text) {
            this.text = text;
        }

        /** The name that users write. */
        public String text() {
            return text;
        }
    }
}
