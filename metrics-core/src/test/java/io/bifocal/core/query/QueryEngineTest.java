package io.bifocal.core.query;

import static io.bifocal.core.query.Shop.sale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.query.Answer.Column;
import io.bifocal.core.query.Answer.Row;
import io.bifocal.core.query.Answer.Status;
import io.bifocal.core.query.Shop.Sale;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueryEngineTest {
    private static final String BY_COUNTRY =
            """
            {"model": "shop", "metrics": ["sales", "units"], "dimensions": ["country"]}""";
    private static final String TOTAL = """
            {"model": "shop", "metrics": ["sales"]}""";

    @Test
    void mergesWhatTheBatchAndTheSpeedJobCounted() {
        Shop shop = new Shop()
                .live(sale("2026-01-01T10:00:00Z", "FR", 1), sale("2026-01-02T10:00:00Z", "DE", 2))
                .recompute()
                .live(sale("2026-01-01T10:30:00Z", "FR", 4), sale("2026-01-05T00:00:00Z", "ES", 8));

        Answer answer = shop.ask(BY_COUNTRY);

        assertThat(values(answer)).containsExactly(List.of("DE", 1L, 2L), List.of("ES", 1L, 8L), List.of("FR", 2L, 5L));
        assertThat(answer.rows())
                .extracting(Row::status)
                .containsExactly(Status.EXACT, Status.PROVISIONAL, Status.MIXED);
        assertThat(answer.meta().generation()).isEqualTo(1);
        assertThat(answer.meta().partial()).isFalse();
        assertThat(answer.meta().exactThrough()).contains(Instant.parse("2026-11-20T11:00:02Z"));
        assertThat(answer.meta().freshThrough()).contains(Instant.parse("2026-11-20T11:00:04Z"));
    }

    @Test
    void isExactOnceABatchHasCountedAll() {
        Shop shop = new Shop()
                .live(sale("2026-01-01T10:00:00Z", "FR", 1), sale("2026-03-01T10:00:00Z", "FR", 1))
                .recompute()
                .live(sale("2026-01-01T11:00:00Z", "FR", 1));
        Object before = values(shop.ask(BY_COUNTRY));

        shop.recompute();

        assertThat(values(shop.ask(BY_COUNTRY))).isEqualTo(before);
        assertThat(shop.ask(BY_COUNTRY).rows()).extracting(Row::status).containsOnly(Status.EXACT);
    }

    @Test
    void readsDaysThatWereCarriedOverWhereTheyAreStored() {
        Shop shop = new Shop()
                .live(sale("2026-01-01T10:00:00Z", "FR", 1))
                .recompute()
                .live(sale("2026-01-02T10:00:00Z", "FR", 1))
                .recompute()
                .live(sale("2026-01-03T10:00:00Z", "FR", 1))
                .recompute();

        assertThat(values(shop.ask(BY_COUNTRY))).containsExactly(List.of("FR", 3L, 3L));
    }

    @Test
    void ignoresMicroBatchesThatAreNotCommitted() {
        Shop shop = new Shop().live(sale("2026-01-01T10:00:00Z", "FR", 1));
        shop.writeAhead(sale("2026-01-01T10:00:00Z", "FR", 100), sale("2026-01-09T10:00:00Z", "XX", 1));

        assertThat(values(shop.ask(BY_COUNTRY))).containsExactly(List.of("FR", 1L, 1L));
    }

    @Test
    void ignoresPartsThatNoManifestNames() {
        Shop shop = new Shop().live(sale("2026-01-01T10:00:00Z", "FR", 1));
        shop.live(sale("2026-01-01T10:00:00Z", "FR", 1));
        shop.dieBeforeCommit(sale("2026-01-01T10:00:00Z", "FR", 100));
        shop.live(sale("2026-01-01T10:00:00Z", "FR", 1));

        assertThat(values(shop.ask(BY_COUNTRY))).containsExactly(List.of("FR", 3L, 3L));
    }

    @Test
    void answersWithoutRowsWhereNoEventMatches() {
        assertThat(new Shop().ask(TOTAL).rows()).isEmpty();

        Shop shop = new Shop().live(sale("2026-01-01T10:00:00Z", "FR", 1));
        assertThat(shop.ask(
                                """
                {"model": "shop", "metrics": ["sales"], "time": {"from": "2027-01-01T00:00:00Z"}}""")
                        .rows())
                .isEmpty();
        assertThat(shop.ask(
                                """
                {"model": "shop", "metrics": ["sales"],
                 "filters": [{"dimension": "country", "operator": "equals", "values": ["IT"]}]}""")
                        .rows())
                .isEmpty();
    }

    @Test
    void keepsNullsWithNotEqualsAndPutsThemLast() {
        Shop shop = new Shop()
                .live(
                        sale("2026-01-01T10:00:00Z", null, 9),
                        sale("2026-01-01T10:00:00Z", "FR", 1),
                        sale("2026-01-01T10:00:00Z", "DE", 1));

        assertThat(
                        dimension(
                                shop.ask(
                                        """
                {"model": "shop", "metrics": ["sales"], "dimensions": ["country"],
                 "filters": [{"dimension": "country", "operator": "notEquals", "values": ["FR"]}]}""")))
                .containsExactly("DE", null);
        assertThat(
                        dimension(
                                shop.ask(
                                        """
                {"model": "shop", "metrics": ["sales"], "dimensions": ["country"],
                 "order": [{"by": "country", "direction": "desc"}]}""")))
                .containsExactly("FR", "DE", null);
        assertThat(
                        dimension(
                                shop.ask(
                                        """
                {"model": "shop", "metrics": ["units"], "dimensions": ["country"],
                 "order": [{"by": "units", "direction": "desc"}], "limit": 2}""")))
                .containsExactly(null, "DE");
        assertThat(
                        dimension(
                                shop.ask(
                                        """
                {"model": "shop", "metrics": ["sales"], "dimensions": ["country"],
                 "filters": [{"dimension": "country", "operator": "equals", "values": [null, "DE"]}]}""")))
                .containsExactly("DE", null);
    }

    @Test
    void ordersTextsByCodePoint() {
        Shop shop = new Shop()
                .live(
                        sale("2026-01-01T10:00:00Z", "\uFF21", 1),
                        sale("2026-01-01T10:00:00Z", "\uD83D\uDE00", 1),
                        sale("2026-01-01T10:00:00Z", "é", 1),
                        sale("2026-01-01T10:00:00Z", "z", 1));

        assertThat(dimension(shop.ask(BY_COUNTRY))).containsExactly("z", "é", "\uFF21", "\uD83D\uDE00");
    }

    @Test
    void givesDaysOfBothClockChanges() {
        Shop shop = new Shop()
                .live(
                        // London's 29 March has 23 hours: 00:00Z to 23:00Z. Its 25 October has 25: 23:00Z to 00:00Z.
                        sale("2026-03-28T23:30:00Z", "FR", 1),
                        sale("2026-03-29T00:00:00Z", "FR", 2),
                        sale("2026-03-29T22:59:59Z", "FR", 4),
                        sale("2026-03-29T23:00:00Z", "FR", 8))
                .recompute()
                .live(
                        sale("2026-10-24T22:59:59Z", "FR", 16),
                        sale("2026-10-24T23:00:00Z", "FR", 32),
                        sale("2026-10-25T23:59:59Z", "FR", 64),
                        sale("2026-10-26T00:00:00Z", "FR", 128));

        // With the dimension "paid" only the hourly rollup will do; without it London's days.
        for (String more : List.of(
                "",
                """
                "filters": [{"dimension": "paid", "operator": "equals", "values": [true]}],""")) {
            Answer answer = shop.ask("{\"model\": \"shop\", \"metrics\": [\"units\"]," + more
                    + """
                    "time": {"granularity": "day", "zone": "Europe/London"}}""");
            assertThat(values(answer))
                    .containsExactly(
                            List.of(Instant.parse("2026-03-28T00:00:00Z"), 1L),
                            List.of(Instant.parse("2026-03-29T00:00:00Z"), 6L),
                            List.of(Instant.parse("2026-03-29T23:00:00Z"), 8L),
                            List.of(Instant.parse("2026-10-23T23:00:00Z"), 16L),
                            List.of(Instant.parse("2026-10-24T23:00:00Z"), 96L),
                            List.of(Instant.parse("2026-10-26T00:00:00Z"), 128L));
            assertThat(answer.meta().rollup()).isEqualTo(more.isEmpty() ? "london_days" : "by_country");
        }
    }

    @Test
    void namesTypesAndUnitsOfColumns() {
        Answer answer = new Shop()
                .ask(
                        """
                {"model": "shop", "dimensions": ["country", "paid"], "time": {"granularity": "hour"},
                 "metrics": ["sales", "revenue", "revenue_per_buyer", "others"]}""");

        assertThat(answer.columns())
                .extracting(Column::name, Column::typeName, Column::unit)
                .extracting(Object::toString)
                .containsExactly(
                        "(\"time\", \"timestamp\", \"\")",
                        "(\"country\", \"string\", \"\")",
                        "(\"paid\", \"boolean\", \"\")",
                        "(\"sales\", \"long\", \"\")",
                        "(\"revenue\", \"decimal\", \"GBP\")",
                        "(\"revenue_per_buyer\", \"double\", \"GBP\")",
                        "(\"others\", \"long\", \"\")");
    }

    @Test
    void computesRatiosAndDerivedMetricsOfMergedNumbers() {
        Shop shop = new Shop()
                .live(bought("ann", "1.50"), bought("bob", "2.50"))
                .recompute()
                .live(bought("ann", "4.00"), bought(null, null));

        Answer answer = shop.ask(
                """
                {"model": "shop", "metrics": ["revenue", "revenue_per_buyer", "others", "buyers"]}""");

        assertThat(values(answer)).containsExactly(List.of(new BigDecimal("8.00"), 4.0, 2L, 2L));
        assertThat(answer.rows().get(0).estimates()).isEmpty();
    }

    @Test
    void boundsWhatIsComputedFromAnEstimate() {
        Sale[] sales = new Sale[4_000];
        Arrays.setAll(sales, i -> bought("buyer " + i, "1.00"));
        Shop shop = new Shop().live(sales);
        String query =
                """
                {"model": "shop", "metrics": ["revenue", "buyers", "revenue_per_buyer", "others"]}""";

        Row row = shop.ask(query).rows().get(0);

        assertThat(row.estimates()).containsOnlyKeys("buyers", "revenue_per_buyer", "others");
        assertThat((Double) row.estimates().get("revenue_per_buyer").low()).isBetween(0.9, 1.0);
        assertThat((Double) row.estimates().get("revenue_per_buyer").high()).isBetween(1.0, 1.1);
        assertThat(((Number) row.estimates().get("others").low()).longValue()).isNegative();
        assertThat(((Number) row.estimates().get("others").high()).longValue()).isPositive();
        assertThat(shop.recompute().ask(query).rows().get(0).estimates()).isEmpty();
    }

    @Test
    void refusesWhatIsNotExactWhereExactIsRequired() {
        String exact =
                """
                {"model": "shop", "metrics": ["sales"], "consistency": {"require": "exact"}}""";
        Shop shop = new Shop().live(sale("2026-01-01T10:00:00Z", "FR", 1));

        assertThatThrownBy(() -> shop.ask(exact)).satisfies(fault -> hasCode(fault, ErrorCode.NOT_EXACT));
        shop.recompute();
        assertThat(values(shop.ask(exact))).containsExactly(List.of(1L));
        shop.live(sale("2026-02-01T10:00:00Z", "FR", 1));
        assertThatThrownBy(() -> shop.ask(exact)).satisfies(fault -> hasCode(fault, ErrorCode.NOT_EXACT));
        assertThat(shop.ask(
                                """
                {"model": "shop", "metrics": ["sales"], "time": {"to": "2026-02-01T00:00:00Z"},
                 "consistency": {"require": "exact"}}""")
                        .rows())
                .hasSize(1);
    }

    @Test
    void refusesAStaleAnswer() {
        Shop shop = new Shop().live(sale("2026-01-01T10:00:00Z", "FR", 1));

        assertThatThrownBy(
                        () -> shop.ask(
                                """
                {"model": "shop", "metrics": ["sales"], "consistency": {"maxStalenessMillis": 60000}}"""))
                .satisfies(fault -> hasCode(fault, ErrorCode.TOO_STALE))
                .hasMessageContaining("2026-11-20T11:00:01Z");
        assertThat(shop.ask(
                                """
                {"model": "shop", "metrics": ["sales"], "consistency": {"maxStalenessMillis": 3600000}}""")
                        .rows())
                .hasSize(1);
    }

    @Test
    void warnsOfDuplicatesUntilTheNextBatch() {
        Shop shop = new Shop(List.of("id")).live(sale("2026-01-01T10:00:00Z", "FR", 1));

        assertThat(shop.ask(TOTAL).meta().warnings()).singleElement().asString().contains("duplicates");
        assertThat(shop.ask(TOTAL).meta().partial()).isFalse();
        assertThat(shop.recompute().ask(TOTAL).meta().warnings()).isEmpty();
    }

    @Test
    void tellsTheNearestNames() {
        assertThatThrownBy(() -> new Shop()
                        .ask("""
                {"model": "shop", "metrics": ["revenu"], "dimensions": ["zzzzzz"]}"""))
                .satisfies(fault -> hasCode(fault, ErrorCode.UNKNOWN_NAME))
                .hasMessage("Model shop has no metric revenu, no dimension zzzzzz.")
                .satisfies(fault -> assertThat(((BifocalException) fault).values())
                        .containsEntry("near", List.of("revenue", "revenue_per_buyer")));
        assertThatThrownBy(() -> new Shop().ask("""
                {"model": "shopp", "metrics": ["sales"]}"""))
                .satisfies(fault -> hasCode(fault, ErrorCode.UNKNOWN_NAME))
                .hasMessageContaining("shopp");
    }

    static void hasCode(Throwable fault, ErrorCode code) {
        assertThat(fault).isInstanceOf(BifocalException.class);
        assertThat(((BifocalException) fault).code()).isEqualTo(code);
    }

    private static Sale bought(String buyer, String price) {
        return new Sale(
                Instant.parse("2026-01-01T10:00:00Z"),
                "FR",
                1L,
                true,
                1L,
                price == null ? null : new BigDecimal(price),
                buyer);
    }

    private static List<List<Object>> values(Answer answer) {
        return answer.rows().stream().map(Row::values).toList();
    }

    private static List<Object> dimension(Answer answer) {
        return answer.rows().stream().map(row -> row.values().get(0)).toList();
    }
}
