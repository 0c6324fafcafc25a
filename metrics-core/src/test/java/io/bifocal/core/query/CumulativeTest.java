package io.bifocal.core.query;

import static io.bifocal.core.query.Shop.sale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.model.Model.DerivedMetric;
import io.bifocal.core.query.Answer.Row;
import io.bifocal.core.query.Answer.Status;
import io.bifocal.core.query.Shop.Sale;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeWindow;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Metrics that go over earlier rows, too. */
class CumulativeTest {
    private final Shop shop = new Shop()
            .redefine(
                    cumulative("units_ever", "units", null, null),
                    cumulative("units_3d", "units", "3 days", null),
                    cumulative("units_mtd", "units", null, Granularity.MONTH),
                    cumulative("buyers_3d", "buyers", "3 days", null),
                    cumulative("revenue_per_buyer_3d", "revenue_per_buyer", "3 days", null),
                    new DerivedMetric("share", "", "", "units / units_ever", List.of("units", "units_ever")))
            .live(
                    bought("2026-01-30T10:00:00Z", "FR", 1, "ann"),
                    bought("2026-01-31T10:00:00Z", "FR", 2, "bob"),
                    bought("2026-02-01T10:00:00Z", "FR", 4, "ann"),
                    bought("2026-02-01T10:00:00Z", "DE", 100, "eve"))
            .recompute()
            .live(bought("2026-02-03T10:00:00Z", "FR", 8, "ann"), bought("2026-02-09T10:00:00Z", "FR", 16, "cid"));

    @Test
    void cumulatesEachCombinationOfDimensionsByItself() {
        assertThat(
                        values(
                                shop.ask(
                                        """
                {"model": "shop", "metrics": ["units", "units_ever", "units_3d", "units_mtd"], "dimensions": ["country"],
                 "time": {"granularity": "day"}}""")))
                .containsExactly(
                        List.of(day("01-30"), "FR", 1L, 1L, 1L, 1L),
                        List.of(day("01-31"), "FR", 2L, 3L, 3L, 3L),
                        List.of(day("02-01"), "DE", 100L, 100L, 100L, 100L),
                        List.of(day("02-01"), "FR", 4L, 7L, 7L, 4L),
                        List.of(day("02-03"), "FR", 8L, 15L, 12L, 12L),
                        List.of(day("02-09"), "FR", 16L, 31L, 16L, 28L));
    }

    @Test
    void reachesBeforeTheRange() {
        Answer answer = shop.ask(
                """
                {"model": "shop", "metrics": ["units", "units_ever", "units_3d", "units_mtd"],
                 "time": {"from": "2026-02-03T00:00:00Z", "granularity": "day"},
                 "filters": [{"dimension": "country", "operator": "equals", "values": ["FR"]}]}""");

        assertThat(values(answer))
                .containsExactly(List.of(day("02-03"), 8L, 15L, 12L, 12L), List.of(day("02-09"), 16L, 31L, 16L, 28L));
        assertThat(answer.rows()).extracting(Row::status).containsOnly(Status.MIXED);
    }

    @Test
    void readsNoFurtherBackThanTheFirstWindow() {
        Explanation days = shop.engine()
                .explain(
                        QueryParser.parse(
                                """
                {"model": "shop", "metrics": ["units_3d"], "time": {"from": "2026-02-03T00:00:00Z", "granularity": "day"}}"""));
        Explanation all = shop.engine()
                .explain(
                        QueryParser.parse(
                                """
                {"model": "shop", "metrics": ["units_ever"], "time": {"from": "2026-02-03T00:00:00Z", "granularity": "day"}}"""));

        assertThat(days.from()).contains(day("02-01"));
        assertThat(all.from()).isEmpty();
    }

    @Test
    void mergesSketchesAndFinishesRatiosLast() {
        assertThat(
                        values(
                                shop.ask(
                                        """
                {"model": "shop", "metrics": ["buyers", "buyers_3d", "revenue_per_buyer_3d", "share"],
                 "time": {"from": "2026-02-01T00:00:00Z", "to": "2026-02-04T00:00:00Z", "granularity": "day"},
                 "filters": [{"dimension": "country", "operator": "equals", "values": ["FR"]}]}""")))
                .containsExactly(
                        List.of(day("02-01"), 1L, 2L, 1.5, 4.0 / 7), List.of(day("02-03"), 1L, 1L, 2.0, 8.0 / 15));
    }

    @Test
    void goesOnThroughBucketsThatAreFilledIn() {
        Answer answer = shop.ask(
                """
                {"model": "shop", "metrics": ["units", "units_ever", "units_3d"],
                 "time": {"from": "2026-02-02T00:00:00Z", "to": "2026-02-05T00:00:00Z", "granularity": "day", "fill": "empty"},
                 "dimensions": ["country"]}""");

        assertThat(answer.rows().stream().map(Row::values).map(Object::toString))
                .containsExactly(
                        "[2026-02-02T00:00:00Z, DE, null, 100, 100]",
                        "[2026-02-02T00:00:00Z, FR, null, 7, 6]",
                        "[2026-02-03T00:00:00Z, DE, null, 100, 100]",
                        "[2026-02-03T00:00:00Z, FR, 8, 15, 12]",
                        "[2026-02-04T00:00:00Z, DE, null, 100, null]",
                        "[2026-02-04T00:00:00Z, FR, null, 15, 8]");
        assertThat(answer.rows())
                .extracting(Row::status)
                .containsExactly(Status.EXACT, Status.EXACT, Status.EXACT, Status.MIXED, Status.EXACT, Status.MIXED);
    }

    @Test
    void cumulatesFromTheBeginningOfAFirstRowThatTheRangeCuts() {
        assertThat(
                        values(
                                shop.ask(
                                        """
                {"model": "shop", "metrics": ["units", "units_3d"],
                 "time": {"from": "2026-02-01T10:00:00Z", "to": "2026-02-01T11:00:00Z", "granularity": "day"},
                 "filters": [{"dimension": "country", "operator": "equals", "values": ["FR"]},
                             {"dimension": "paid", "operator": "set"}]}""")))
                .containsExactly(List.of(day("02-01"), 4L, 7L));
    }

    @ParameterizedTest
    @CsvSource({"units_mtd, year", "units_mtd, week", "units_3d, week", "units_3d, month"})
    void refusesRowsThatWindowsAreNotMadeOf(String metric, String granularity) {
        assertThatThrownBy(() ->
                        shop.ask("{\"model\": \"shop\", \"metrics\": [\"%s\"], \"time\": {\"granularity\": \"%s\"}}"
                                .formatted(metric, granularity)))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.BAD_QUERY))
                .hasMessageContaining("not made of rows by " + granularity)
                .satisfies(
                        fault -> assertThat(((BifocalException) fault).remedy()).contains("hour, day"));
    }

    @Test
    void needsATimeOfItsValue() {
        assertThatThrownBy(() -> shop.ask("{\"model\": \"shop\", \"metrics\": [\"share\"]}"))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.BAD_QUERY))
                .hasMessageContaining("units_ever cumulates over all of history");
    }

    @Test
    void isGivenAgainAsItWas() {
        Answer before = shop.ask(
                """
                {"model": "shop", "metrics": ["units_3d", "buyers_3d"], "time": {"granularity": "day", "fill": "zero"}}""");
        shop.live(sale("2026-02-02T10:00:00Z", "FR", 1_000));

        assertThat(shop.engine().answer(new Question.Earlier(before.meta().answer())))
                .isEqualTo(before);
    }

    private static CumulativeMetric cumulative(String name, String input, String window, Granularity grain) {
        return new CumulativeMetric(
                name,
                "",
                "",
                input,
                Optional.ofNullable(window).map(text -> TimeWindow.parse(text).orElseThrow()),
                Optional.ofNullable(grain));
    }

    private static Sale bought(String time, String country, long units, String buyer) {
        return new Sale(Instant.parse(time), country, 1L, true, units, new BigDecimal("1.00"), buyer);
    }

    private static Instant day(String day) {
        return Instant.parse("2026-" + day + "T00:00:00Z");
    }

    private static List<List<Object>> values(Answer answer) {
        return answer.rows().stream().map(Row::values).toList();
    }
}
