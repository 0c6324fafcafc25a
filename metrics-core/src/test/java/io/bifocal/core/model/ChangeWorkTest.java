package io.bifocal.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.bifocal.core.model.ChangeWork.Item;
import io.bifocal.core.model.ChangeWork.Need;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChangeWorkTest {
    private static final String YAML =
            """
            version: 1
            model: shop
            source: {topic: shop, format: json}
            time: {column: At}
            columns: {At: timestamp, Country: string, Units: long, Price: long}
            dimensions: [{name: country, expr: Country}]
            metrics:
              - {name: orders, type: simple, agg: count}
              - {name: units, type: simple, agg: sum, expr: Units}
              - {name: revenue, type: simple, agg: sum, expr: Price}
              - {name: price, type: ratio, numerator: revenue, denominator: units}
            rollups:
              - {name: by_country, granularity: hour, dimensions: [country]}
            """;

    @Test
    void needsNothingForTextsAndComputesRatiosAtOnce() {
        List<Item> work = changed("denominator: units}", "denominator: orders, description: new}");
        assertThat(work)
                .extracting(Item::name, Item::need)
                .containsExactly(
                        tuple("orders", Need.NONE),
                        tuple("units", Need.NONE),
                        tuple("revenue", Need.NONE),
                        tuple("price", Need.AT_ONCE),
                        tuple("by_country", Need.NONE));
    }

    @Test
    void namesTheMetricsThatMeanWhatTheyMeant() {
        assertThat(unchanged("agg: sum, expr: Units", "agg: max, expr: Units"))
                .containsExactlyInAnyOrder("orders", "revenue");
        assertThat(unchanged("expr: Country}", "expr: upper(Country)}")).isEmpty();
        assertThat(unchanged("hour", "day")).isEmpty();
        assertThat(unchanged("by_country", "by_land")).isEmpty();
    }

    @Test
    void needsNothingForThresholds() {
        assertThat(changed("rollups:\n", "alerts: {lag: 5, metrics: {revenue: {drift: 0.1}}}\nrollups:\n"))
                .extracting(Item::need)
                .containsOnly(Need.NONE);
    }

    @Test
    void readsHistoryAgainForWhatAMetricMeansAndSaysWhy() {
        assertThat(item(changed("agg: sum, expr: Units", "agg: max, expr: Units, filter: Country = 'FR'"), "units"))
                .isEqualTo(new Item(
                        "metric", "units", Need.HISTORY, "agg was sum, is max; filter was (none), is Country = 'FR'"));
        assertThat(item(changed("Price: long", "Price: double"), "revenue").why())
                .isEqualTo("column Price is read in another way");
        assertThat(item(changed("Price: long", "Price: double"), "price"))
                .isEqualTo(new Item("metric", "price", Need.AT_ONCE, "computed from revenue, changed"));
        assertThat(item(changed("Price: long", "Price: double"), "units").need())
                .isEqualTo(Need.NONE);
        assertThat(item(changed("time: {column: At}", "time: {column: At, zone: Europe/London}"), "orders")
                        .why())
                .startsWith("time was");
    }

    @Test
    void rewritesRollupsWithTheirMetrics() {
        List<Item> work = changed("  - {name: revenue, type: simple, agg: sum, expr: Price}\n", "");
        assertThat(item(work, "revenue").need()).isEqualTo(Need.DROPPED);
        assertThat(item(work, "by_country"))
                .isEqualTo(new Item(
                        "rollup",
                        "by_country",
                        Need.HISTORY,
                        "its rows hold the states of all simple metrics together, and those are others"));
        assertThat(item(changed("granularity: hour", "granularity: day"), "by_country")
                        .why())
                .isEqualTo("granularity was hour, is day");
        assertThat(item(changed("Units: long,", "Units: long, More: long,"), "by_country")
                        .why())
                .contains("malformed");
    }

    private static Item item(List<Item> work, String name) {
        return work.stream()
                .filter(item -> item.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<Item> changed(String from, String to) {
        assertThat(YAML).contains(from);
        String later = YAML.replace(from, to);
        if (!later.contains("name: revenue")) {
            later = later.replaceAll("(?m)^  - \\{name: price.*\\n", "");
        }
        return ChangeWork.of(definition(YAML), definition(later));
    }

    private static Set<String> unchanged(String from, String to) {
        assertThat(YAML).contains(from);
        return ChangeWork.unchanged(definition(YAML), definition(YAML.replace(from, to)), "by_country");
    }

    private static Definition definition(String yaml) {
        return new Definition(
                ModelFile.parse("shop.yml", yaml),
                Map.of("country", ValueType.STRING),
                Map.of("units", ValueType.LONG, "revenue", ValueType.LONG));
    }
}
