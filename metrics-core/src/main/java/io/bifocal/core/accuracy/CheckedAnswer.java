package io.bifocal.core.accuracy;

import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Answer.Column;
import io.bifocal.core.query.Answer.Row;
import io.bifocal.core.query.Query;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What became of a {@link SampledAnswer}.
 *
 * @param id the sample's
 * @param at when the answer was given
 * @param checkedAt when it was computed again
 * @param token the answer's
 * @param query the sample's
 * @param metrics how near its numbers were
 * @param skipped why it could not be computed again; then all else says nothing
 */
public record CheckedAnswer(
        String id,
        Instant at,
        Instant checkedAt,
        String token,
        String query,
        List<Accuracy> metrics,
        Optional<String> skipped) {

    /** Of a sample that could not be given again. */
    public static CheckedAnswer skipped(SampledAnswer sample, Instant now, String why) {
        return new CheckedAnswer(
                sample.id(), sample.at(), now, sample.token(), sample.query(), List.of(), Optional.of(why));
    }

    /**
     * Compares a sample with the truth.
     *
     * @param truth the exact answer to the sample's question, over the records that the sample counted
     */
    public static CheckedAnswer of(SampledAnswer sample, Answer truth, Instant now) {
        Query query = sample.question();
        Map<String, Accuracy> metrics = new TreeMap<>();
        Map<String, Map<String, BigDecimal>> exact = new HashMap<>();
        truth.rows().forEach(row -> exact.put(SampledAnswer.key(truth, query, row), numbers(truth, query, row)));
        Set<String> seen = new HashSet<>(sample.exactRows());
        for (SampledAnswer.Shown number : sample.numbers()) {
            seen.add(number.row());
            BigDecimal right = exact.getOrDefault(number.row(), Map.of()).get(number.metric());
            metrics.merge(number.metric(), Accuracy.of(number, right), Accuracy::plus);
        }
        if (sample.whole()) {
            exact.keySet().removeAll(seen);
            exact.values()
                    .forEach(row -> row.forEach((metric, right) -> {
                        if (right.signum() != 0) {
                            metrics.merge(metric, Accuracy.missing(metric), Accuracy::plus);
                        }
                    }));
        }
        return new CheckedAnswer(
                sample.id(),
                sample.at(),
                now,
                sample.token(),
                sample.query(),
                List.copyOf(metrics.values()),
                Optional.empty());
    }

    /** Over all of several, by metric. */
    public static List<Accuracy> summary(List<CheckedAnswer> all) {
        Map<String, Accuracy> metrics = new TreeMap<>();
        all.forEach(each -> each.metrics().forEach(one -> metrics.merge(one.metric(), one, Accuracy::plus)));
        return List.copyOf(metrics.values());
    }

    private static Map<String, BigDecimal> numbers(Answer answer, Query query, Row row) {
        Map<String, BigDecimal> numbers = new HashMap<>();
        for (int i = 0; i < answer.columns().size(); i++) {
            Column column = answer.columns().get(i);
            if (query.metrics().contains(column.name())) {
                SampledAnswer.decimal(row.values().get(i)).ifPresent(number -> numbers.put(column.name(), number));
            }
        }
        return numbers;
    }
}
