package io.bifocal.core.query;

import static io.bifocal.core.query.Shop.sale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryPlannerTest {
    private final Shop shop = new Shop()
            .live(
                    sale("2026-01-01T10:00:00Z", "FR", 1),
                    sale("2026-01-01T12:00:00Z", "FR", 1),
                    sale("2026-07-01T10:00:00Z", "FR", 1));

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
            ,                     ,                     ,      UTC,              london_days
            2026-01-01T00:00:00Z, 2026-01-02T00:00:00Z, ,      UTC,              london_days
            2026-01-01T00:00:00Z, ,                     month, Europe/London,    london_days
            2026-06-30T23:00:00Z, ,                     week,  Europe/London,    london_days
            2026-06-30T23:00:00Z, ,                     day,   Europe/Lisbon,    london_days
            2026-06-30T23:00:00Z, ,                     day,   UTC,              by_country
            ,                     ,                     day,   America/New_York, by_country
            ,                     ,                     hour,  UTC,              by_country
            2026-01-01T11:00:00Z, ,                     ,      UTC,              by_country
            """)
    void takesTheSmallestRollupThatComposesTheRange(
            String from, String to, String granularity, String zone, String rollup) {
        assertThat(shop.ask(query("country", from, to, granularity, zone))
                        .meta()
                        .rollup())
                .isEqualTo(rollup);
    }

    @Test
    void takesTheCoarsestWhereNoRowsAreKnown() {
        assertThat(new Shop().ask(query("sku", null, null, null, "UTC")).meta().rollup())
                .isEqualTo("by_sku");
        assertThat(new Shop()
                        .ask("{\"model\": \"shop\", \"metrics\": [\"sales\"]}")
                        .meta()
                        .rollup())
                .isIn("by_sku", "london_days");
    }

    @Test
    void namesTheRollupThatWouldHaveTheDimensions() {
        BifocalException fault = refused(
                """
                {"model": "shop", "metrics": ["sales"], "dimensions": ["sku"],
                 "filters": [{"dimension": "paid", "operator": "equals", "values": [true]}],
                 "time": {"granularity": "day", "zone": "Asia/Kathmandu"}}""");

        assertThat(fault.values())
                .containsEntry(
                        "rollup",
                        "{name: by_sku_and_paid, granularity: day, zone: Asia/Kathmandu, dimensions: [sku, paid]}");
        assertThat(fault).hasMessageContaining("none has the dimensions sku, paid together");
    }

    @Test
    void namesTheNearestBounds() {
        BifocalException fault =
                refused(query("country", "2026-01-01T10:20:00Z", "2026-01-02T00:00:00.5Z", null, "UTC"));

        assertThat(fault.values())
                .containsEntry("from", List.of("2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z"))
                .containsEntry("to", List.of("2026-01-02T00:00:00Z", "2026-01-02T01:00:00Z"));
        assertThat(fault.remedy()).contains("2026-01-01T10:00:00Z");
        assertThat(refused(query("country", "2026-01-01T10:00:00.5Z", null, null, "UTC"))
                        .values())
                .containsEntry("from", List.of("2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z"));
    }

    @Test
    void namesZonesAndGranularitiesThatWouldDo() {
        BifocalException kathmandu = refused(query("country", null, null, "day", "Asia/Kathmandu"));
        assertThat(kathmandu.values()).containsEntry("zones", List.of("+06:00", "+05:00", "UTC"));
        assertThat(kathmandu.values().get("rollup")).asString().contains("zone: Asia/Kathmandu");

        BifocalException minutes = refused(query("country", null, null, "minute", "UTC"));
        assertThat(minutes.values())
                .containsEntry("granularities", List.of("hour", "day", "week", "month", "quarter", "year"));
        assertThat(minutes.values().get("rollup"))
                .asString()
                .contains("name: by_", "_per_minute", "granularity: minute");
    }

    @Test
    void refusesZonesThatDoNotComposeEvenWithoutEvents() {
        assertThatThrownBy(() -> new Shop().ask(query("country", null, null, "day", "Asia/Kathmandu")))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.NO_ROLLUP));
        assertThatThrownBy(() -> new Shop().ask(query("sku", null, null, "day", "Europe/London")))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.NO_ROLLUP));
    }

    @Test
    void boundsItsWorkOnHugeRanges() {
        Shop old = new Shop().live(sale("0001-01-01T00:00:00Z", "FR", 1), sale("9998-01-01T00:00:00Z", "FR", 1));

        assertThat(old.ask(query("country", "0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "day", "UTC"))
                        .rows())
                .hasSize(2);
        assertThat(old.ask(query("country", "1700-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "hour", "Europe/Paris"))
                        .rows())
                .hasSize(1);
    }

    private BifocalException refused(String query) {
        BifocalException fault = catchThrowableOfType(BifocalException.class, () -> shop.ask(query));
        assertThat(fault.code()).isEqualTo(ErrorCode.NO_ROLLUP);
        return fault;
    }

    private static String query(String dimension, String from, String to, String granularity, String zone) {
        return "{\"model\": \"shop\", \"metrics\": [\"sales\"], \"dimensions\": [\"" + dimension + "\"], \"time\": {"
                + field("from", from) + field("to", to) + field("granularity", granularity) + "\"zone\": \"" + zone
                + "\"}}";
    }

    private static String field(String name, String value) {
        return value == null ? "" : "\"" + name + "\": \"" + value + "\", ";
    }
}
