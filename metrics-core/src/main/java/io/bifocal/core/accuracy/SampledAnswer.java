package io.bifocal.core.accuracy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.bifocal.core.aggregate.Aggregate.Bounds;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Answer.Row;
import io.bifocal.core.query.Answer.Status;
import io.bifocal.core.query.Query;
import io.bifocal.core.query.Query.Require;
import io.bifocal.core.query.QueryParser;
import io.bifocal.core.query.QueryPrinter;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An answer that somebody was given, kept to be computed again from the archive over the very records that it counted.
 *
 * @param id of the sample; rises with time
 * @param at when it was given
 * @param token with which the answer can be asked for again, while its parts are kept
 * @param query what was asked, as JSON, without what only chose among the rows: order, limit and demands
 * @param whole whether the answer had all rows
 * @param definition hash of the definition that it was given with
 * @param counted the records that it counted: all before these positions
 * @param numbers that were not exact
 * @param exactRows the other rows, as {@link Shown#row} names them
 */
public record SampledAnswer(
        String id,
        Instant at,
        String token,
        String query,
        boolean whole,
        String definition,
        Positions counted,
        List<Shown> numbers,
        Set<String> exactRows) {
    /** An answer with more of them is not kept. */
    private static final int MOST_ROWS = 1_000;

    /**
     * A number of an answer.
     *
     * @param row its row's time and dimensions, as a JSON array
     * @param value as it was shown
     * @param estimated whether bounds came with it
     * @param lower bound of an estimate; null where it is unknown, as the upper one
     */
    public record Shown(
            String row, String metric, BigDecimal value, boolean estimated, BigDecimal lower, BigDecimal upper) {}

    /** Takes an answer down; empty where nothing of it is to be found out: all of it is exact, or it said that it lacks records. */
    public static Optional<SampledAnswer> of(String id, Instant at, Query query, Manifest manifest, Answer answer) {
        if (answer.meta().partial() || answer.rows().size() > MOST_ROWS) {
            return Optional.empty();
        }
        List<Shown> numbers = new ArrayList<>();
        Set<String> exact = new HashSet<>();
        for (Row row : answer.rows()) {
            String key = key(answer, query, row);
            if (row.status() == Status.EXACT) {
                exact.add(key);
            } else {
                addNumbers(answer, query, row, key, numbers);
            }
        }
        return numbers.isEmpty()
                ? Optional.empty()
                : Optional.of(new SampledAnswer(
                        id,
                        at,
                        answer.meta().answer(),
                        QueryPrinter.toJson(all(query)).toString(),
                        query.limit().isEmpty(),
                        manifest.definition(),
                        manifest.end(),
                        numbers,
                        exact));
    }

    private static Query all(Query query) {
        return new Query(
                query.model(),
                query.metrics(),
                query.dimensions(),
                query.time(),
                query.filters(),
                List.of(),
                Optional.empty(),
                Require.ANY,
                Optional.empty());
    }

    private static void addNumbers(Answer answer, Query query, Row row, String key, List<Shown> numbers) {
        for (int i = 0; i < answer.columns().size(); i++) {
            String metric = answer.columns().get(i).name();
            if (query.metrics().contains(metric)) {
                Bounds bounds = row.estimates().get(metric);
                Optional<BigDecimal> value = decimal(row.values().get(i));
                value.ifPresent(number -> numbers.add(new Shown(
                        key,
                        metric,
                        number,
                        bounds != null,
                        bounds == null ? null : decimal(bounds.low()).orElse(null),
                        bounds == null ? null : decimal(bounds.high()).orElse(null))));
            }
        }
    }

    /** What tells a row from the others: its time and dimensions. */
    static String key(Answer answer, Query query, Row row) {
        ArrayNode key = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < answer.columns().size(); i++) {
            if (!query.metrics().contains(answer.columns().get(i).name())) {
                Object value = row.values().get(i);
                key.add(value == null ? null : value.toString());
            }
        }
        return key.toString();
    }

    /** Empty for what is no number, or none that can be compared. */
    static Optional<BigDecimal> decimal(Object value) {
        boolean comparable = value instanceof Number && !(value instanceof Double d && !Double.isFinite(d));
        return comparable ? Optional.of(new BigDecimal(value.toString())) : Optional.empty();
    }

    /** What was asked. */
    public Query question() {
        return (Query) QueryParser.parse(query);
    }
}
