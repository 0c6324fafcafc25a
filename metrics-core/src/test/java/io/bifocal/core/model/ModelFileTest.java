package io.bifocal.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.model.Model.Column;
import io.bifocal.core.model.Model.DerivedMetric;
import io.bifocal.core.model.Model.RatioMetric;
import io.bifocal.core.model.Model.Rollup;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.Model.TimeSpec;
import io.bifocal.core.time.Granularity;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFileTest {
    @Test
    void readsTheRetailModel() {
        Model model = TestModels.load("retail");

        assertThat(model.name()).isEqualTo("retail");
        assertThat(model.source()).isEqualTo(new Model.Source("retail", "json"));
        assertThat(model.time())
                .isEqualTo(new TimeSpec("InvoiceDate", Optional.of("yyyy-MM-dd HH:mm:ss"), ZoneId.of("Europe/London")));
        assertThat(model.identity()).isEmpty();
        assertThat(model.columns())
                .hasSize(8)
                .contains(new Column("UnitPrice", ValueType.decimal(12, 4), List.of("UnitPrice")));
        assertThat(model.dimensions())
                .extracting(Model.Dimension::expr)
                .containsExactly("Country", "StockCode", "InvoiceNo LIKE 'C%'");
        assertThat(model.metrics()).hasSize(13);
        assertThat(model.simpleMetrics()).hasSize(11);
        assertThat(model.metric("lines"))
                .contains(new SimpleMetric(
                        "lines", "invoice lines", "", "count", Optional.empty(), Optional.empty(), Optional.empty()));
        assertThat(model.metric("unit_price_p95")).get().satisfies(metric -> assertThat(
                        ((SimpleMetric) metric).percentile())
                .contains(0.95));
        assertThat(model.metric("revenue_per_invoice"))
                .contains(new RatioMetric("revenue_per_invoice", "", "", "revenue", "invoices"));
        assertThat(model.metric("refunds"))
                .contains(new DerivedMetric(
                        "refunds", "", "", "revenue - sold_revenue", List.of("revenue", "sold_revenue")));
        assertThat(model.rollups())
                .containsExactly(
                        new Rollup("by_country", Granularity.HOUR, ZoneOffset.UTC, List.of("country", "cancelled"), 1),
                        new Rollup("by_stock", Granularity.DAY, ZoneOffset.UTC, List.of("stock_code"), 1));
    }

    @Test
    void readsTheWikipediaModel() {
        Model model = TestModels.load("wikipedia");

        assertThat(model.time()).isEqualTo(new TimeSpec("time", Optional.empty(), ZoneOffset.UTC));
        assertThat(model.metric("robot_edits")).get().satisfies(metric -> assertThat(((SimpleMetric) metric).filter())
                .contains("isRobot"));
        assertThat(model.rollups()).hasSize(3);
    }

    @Test
    void readsNestedPathsAnIdentityAndShards() {
        Model model = TestModels.load("clicks_example_nested");

        assertThat(model.identity()).containsExactly("id");
        assertThat(model.columns())
                .contains(
                        new Column("price", ValueType.decimal(18, 2), List.of("payload", "price")),
                        new Column("item", ValueType.STRING, List.of("payload", "item", "name")));
        assertThat(model.rollups().get(0).shards()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({"2m, 120", "90 s, 90", "1 second, 1", "3 hours, 10800", "2d, 172800"})
    void readsThresholds(String freshness, double seconds) {
        String yaml = TestModels.SMALL
                + "alerts: {drift: 0.02, lag: 10000, freshness: %s, imbalance: 0, quarantine: 1e-2, metrics: {events: {drift: 0}}}"
                        .formatted(freshness);

        assertThat(ModelFile.parse("m.yml", yaml).alerts())
                .containsExactly(
                        new Threshold(AlertKind.LAG, Optional.empty(), 10_000),
                        new Threshold(AlertKind.FRESHNESS, Optional.empty(), seconds),
                        new Threshold(AlertKind.IMBALANCE, Optional.empty(), 0),
                        new Threshold(AlertKind.QUARANTINE, Optional.empty(), 0.01),
                        new Threshold(AlertKind.DRIFT, Optional.empty(), 0.02),
                        new Threshold(AlertKind.DRIFT, Optional.of("events"), 0));
    }

    @Test
    void readsForHowLongDataIsKept() {
        String yaml = TestModels.SMALL + "retention: {views: 400d, archive: 800 days, generations: 3}";

        assertThat(ModelFile.parse("m.yml", yaml).retention())
                .contains(new Retention(Optional.of(400), Optional.of(800), Optional.of(3)));
        assertThat(ModelFile.parse("m.yml", TestModels.SMALL).retention()).isEmpty();
    }

    @Test
    void keepsTheTextOfTheFile() {
        assertThat(TestModels.load("retail").yaml()).startsWith("# UCI Online Retail");
    }

    @Test
    void takesTheZoneOfADayRollup() {
        Model model = ModelFile.parse(
                "m.yml", TestModels.SMALL.replace("granularity: hour", "granularity: day, zone: Asia/Kathmandu"));

        assertThat(model.rollups().get(0).zone()).isEqualTo(ZoneId.of("Asia/Kathmandu"));
    }

    @Test
    void takesEveryNameOfUtcForTheSame() {
        String utc = TestModels.SMALL.replace("granularity: hour", "granularity: day, zone: Etc/UTC");

        assertThat(ModelFile.parse("m.yml", utc).rollups().get(0).zone()).isEqualTo(ZoneOffset.UTC);
    }

    @Test
    void takesAModelWithoutDimensions() {
        String yaml = TestModels.SMALL
                .replace("dimensions:\n  - {name: country, expr: Country}\n", "")
                .replace(", dimensions: [country]", "");

        assertThat(ModelFile.parse("m.yml", yaml).rollups().get(0).dimensions()).isEmpty();
    }

    @Test
    void takesTruthValuesAndNumbersForExpressions() {
        String yaml = TestModels.SMALL.replace("agg: count}", "agg: sum, expr: 1, filter: true}");

        SimpleMetric metric =
                (SimpleMetric) ModelFile.parse("m.yml", yaml).metric("events").orElseThrow();

        assertThat(metric.expr()).contains("1");
        assertThat(metric.filter()).contains("true");
    }

    @Test
    void findsTheLineOfAKey() {
        String yaml = TestModels.yaml("retail");

        assertThat(ModelFile.line(yaml, "metrics", "revenue", "expr")).isEqualTo(25);
        assertThat(ModelFile.line(yaml, "metrics", "nothing", "expr")).isEqualTo(23);
        assertThat(ModelFile.line("not: [yaml", "metrics", "revenue", "expr")).isEqualTo(1);
    }

    @Test
    void givesADraftOfAFaultyFileForFurtherAnalysis() {
        ModelFile.Reading reading = ModelFile.read("m.yml", TestModels.SMALL.replace("agg: count", "agg: cuont"));

        assertThat(reading.faults()).hasSize(1);
        assertThat(reading.draft()).get().satisfies(draft -> assertThat(draft.dimensions())
                .hasSize(1));
    }

    @Test
    void doubtsAColumnThatIsAtFaultAndNoOther() {
        ModelFile.Reading reading = ModelFile.read("m.yml", TestModels.SMALL.replace("Units: long", "Units: lnog"));

        assertThat(reading.faults()).hasSize(1);
        assertThat(reading.doubtful()).containsExactly("Units");
        assertThat(reading.draft()).isPresent();
    }
}
