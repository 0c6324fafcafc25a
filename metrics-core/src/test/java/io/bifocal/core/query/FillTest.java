package io.bifocal.core.query;

import static io.bifocal.core.query.Shop.sale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.query.Answer.Row;
import io.bifocal.core.query.Answer.Status;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Buckets without events have rows where that is asked for. */
class FillTest {
    private final Shop shop = new Shop()
            .live(sale("2026-01-02T10:00:00Z", "FR", 5))
            .recompute()
            .live(sale("2026-01-04T10:00:00Z", "DE", 3));

    @Test
    void leavesBucketsWithoutEventsOut() {
        assertThat(values(shop.ask(days("none", ""))))
                .containsExactly(List.of(day(2), "FR", 1L, 5L), List.of(day(4), "DE", 1L, 3L));
    }

    @Test
    void fillsBetweenTheFirstAndTheLastRow() {
        Answer answer = shop.ask(days("empty", ""));

        assertThat(values(answer))
                .containsExactly(
                        row(2, "DE", 0L, null),
                        row(2, "FR", 1L, 5L),
                        row(3, "DE", 0L, null),
                        row(3, "FR", 0L, null),
                        row(4, "DE", 1L, 3L),
                        row(4, "FR", 0L, null));
        assertThat(answer.rows())
                .extracting(Row::status)
                .containsExactly(
                        Status.EXACT, Status.EXACT, Status.EXACT, Status.EXACT, Status.PROVISIONAL, Status.EXACT);
    }

    @Test
    void fillsUpToTheBoundsOfTheRange() {
        Answer answer = shop.ask(days("zero", "\"from\": \"2026-01-01T00:00:00Z\", \"to\": \"2026-01-04T00:00:00Z\","));

        assertThat(values(answer)).containsExactly(row(1, "FR", 0L, 0L), row(2, "FR", 1L, 5L), row(3, "FR", 0L, 0L));
    }

    @Test
    void fillsDecimalsAndRatiosWithZeros() {
        Answer answer = shop.ask(
                """
                {"model": "shop", "metrics": ["revenue", "revenue_per_buyer", "others"],
                 "time": {"granularity": "day", "fill": "zero"}}""");

        assertThat(values(answer)).element(1).isEqualTo(List.of(day(3), new BigDecimal("0.00"), 0.0, 0L));
    }

    @ParameterizedTest
    @CsvSource({"23, 2026-03-29T00:00:00Z, 2026-03-29T23:00:00Z", "25, 2026-10-24T23:00:00Z, 2026-10-26T00:00:00Z"})
    void givesEveryHourOfTheDayOfAClockChange(int hours, String from, String to) {
        Shop some = new Shop().live(sale(from, "FR", 1));

        assertThat(some.ask(
                                """
                {"model": "shop", "metrics": ["sales"], "time": {"from": "%s", "to": "%s", "granularity": "hour",
                 "zone": "Europe/London", "fill": "empty"}}"""
                                        .formatted(from, to))
                        .rows())
                .hasSize(hours);
    }

    @Test
    void ordersAndLimitsWhatIsFilledIn() {
        assertThat(
                        values(
                                shop.ask(
                                        """
                {"model": "shop", "metrics": ["units"], "dimensions": ["country"],
                 "time": {"granularity": "day", "fill": "zero"},
                 "order": [{"by": "units", "direction": "asc"}], "limit": 2}""")))
                .containsExactly(row(2, "DE", 0L), row(3, "DE", 0L));
    }

    @Test
    void fillsNothingWhereThereIsNoEvent() {
        assertThat(new Shop().ask(days("zero", "")).rows()).isEmpty();
        assertThat(shop.ask(days("zero", "\"from\": \"2026-03-01T00:00:00Z\", \"to\": \"2026-03-05T00:00:00Z\","))
                        .rows())
                .isEmpty();
    }

    @Test
    void refusesMoreRowsThanAreAllowed() {
        shop.answerRows = 5;

        assertThatThrownBy(() -> shop.ask(days("empty", "")))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.TOO_EXPENSIVE))
                .hasMessage("The answer would have more than 5 rows.")
                .isInstanceOfSatisfying(BifocalException.class, fault -> {
                    String cheaper = fault.values().get("cheaper").toString();
                    assertThat(shop.ask(cheaper).rows()).hasSizeBetween(1, 5);
                });
    }

    @Test
    void refusesToFillWithoutBuckets() {
        assertThatThrownBy(() ->
                        shop.ask("{\"model\": \"shop\", \"metrics\": [\"sales\"], \"time\": {\"fill\": \"zero\"}}"))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.BAD_QUERY));
        assertThatThrownBy(() -> shop.ask(days("previous", "")))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.UNKNOWN_NAME))
                .hasMessage("Unknown fill previous.");
    }

    private static String days(String fill, String bounds) {
        return "{\"model\": \"shop\", \"metrics\": [\"sales\", \"units\"], \"dimensions\": [\"country\"], \"time\": {"
                + bounds + "\"granularity\": \"day\", \"fill\": \"" + fill + "\"}}";
    }

    private static Instant day(int day) {
        return Instant.parse("2026-01-0" + day + "T00:00:00Z");
    }

    private static List<Object> row(int day, Object... values) {
        Object[] all = new Object[values.length + 1];
        all[0] = day(day);
        System.arraycopy(values, 0, all, 1, values.length);
        return Arrays.asList(all);
    }

    private static List<List<Object>> values(Answer answer) {
        return answer.rows().stream().map(Row::values).toList();
    }
}
