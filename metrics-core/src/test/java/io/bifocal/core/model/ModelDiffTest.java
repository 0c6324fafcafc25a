package io.bifocal.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ModelDiffTest {
    private static final Model BEFORE = ModelFile.parse("m.yml", TestModels.SMALL);

    @Test
    void findsNothingInEqualModels() {
        assertThat(ModelDiff.of(BEFORE, ModelFile.parse("m.yml", "# a comment\n" + TestModels.SMALL)))
                .isEmpty();
    }

    @Test
    void tellsWhatIsAddedRemovedAndChanged() {
        String yaml = TestModels.SMALL
                .replace("model: small", "model: small\ndescription: sales\nidentity: [At]")
                .replace("time: {column: At}", "time: {column: At, zone: Europe/London}")
                .replace("  Units: long\n", "  Units: decimal(10,2)\n  Id: string\n")
                .replace("- {name: country, expr: Country}", "- {name: place, expr: Country}")
                .replace("agg: count}", "agg: sum, expr: Units, unit: GBP}")
                .replace("[country]", "[place], shards: 2");

        assertThat(ModelDiff.of(BEFORE, ModelFile.parse("m.yml", yaml)))
                .extracting(ModelDiff.Line::toString)
                .containsExactly(
                        "~ description: text (none) → sales",
                        "~ time: zone UTC → Europe/London",
                        "+ identity.At",
                        "~ columns.Units: type long → decimal(10,2)",
                        "+ columns.Id: type string, path Id",
                        "+ dimensions.place: expr Country",
                        "- dimensions.country: expr Country",
                        "~ metrics.events: agg count → sum, expr (none) → Units, unit (none) → GBP",
                        "~ rollups.by_country: dimensions [country] → [place], shards (none) → 2");
    }

    @Test
    void tellsWhichThresholdsDiffer() {
        Model with = ModelFile.parse("m.yml", TestModels.SMALL + "alerts: {lag: 5, metrics: {events: {drift: 0.5}}}");
        Model other = ModelFile.parse("m.yml", TestModels.SMALL + "alerts: {lag: 1000, freshness: 2m}");

        assertThat(ModelDiff.of(BEFORE, with))
                .extracting(ModelDiff.Line::toString)
                .containsExactly("+ alerts: lag 5 records", "+ alerts.events: drift 0.5");
        assertThat(ModelDiff.of(with, other))
                .extracting(ModelDiff.Line::toString)
                .containsExactly(
                        "~ alerts: lag 5 records → 1000 records, freshness (none) → 120 seconds",
                        "- alerts.events: drift 0.5");
    }

    @Test
    void tellsWhatElseIsRetained() {
        Model with = ModelFile.parse("m.yml", TestModels.SMALL + "retention: {views: 400d}");
        Model other = ModelFile.parse("m.yml", TestModels.SMALL + "retention: {views: 30d, generations: 3}");

        assertThat(ModelDiff.of(BEFORE, with))
                .extracting(ModelDiff.Line::toString)
                .containsExactly("+ retention: views 400d");
        assertThat(ModelDiff.of(with, other))
                .extracting(ModelDiff.Line::toString)
                .containsExactly("~ retention: views 400d → 30d, generations (none) → 3");
    }

    @Test
    void tellsWhereAMetricIsOfAnotherType() {
        Model before = TestModels.load("retail");
        Model after = ModelFile.parse(
                "m.yml",
                TestModels.yaml("retail")
                        .replace(
                                "type: ratio, numerator: revenue, denominator: invoices",
                                "type: derived, expr: revenue / invoices, input_metrics: [revenue, invoices]"));

        assertThat(ModelDiff.of(before, after))
                .extracting(ModelDiff.Line::toString)
                .containsExactly(
                        "~ metrics.revenue_per_invoice: numerator revenue → (none), denominator invoices → (none),"
                                + " expr (none) → revenue / invoices, input_metrics (none) → [revenue, invoices]");
    }
}
