package io.bifocal.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemoTickerTest {
    private static final String ROW =
            """
            {"events": 31451, "orders": 1225, "revenue": 144258.13, "visitors": 3407, "status": "%s", "estimates": %s}
            """;

    @Test
    void marksEstimatesWhileNumbersAreProvisional() {
        String line = DemoTicker.line(
                31948,
                Api.json(ROW.formatted("provisional", "{\"visitors\": {\"low\": 3300, \"high\": 3500}}")),
                Api.json("{\"generation\": 0, \"exactThrough\": null}"));

        assertThat(line)
                .isEqualTo(
                        "31,948 published  31,451 counted  1,225 orders  144,258.13 EUR  ~3,407 visitors  provisional");
    }

    @Test
    void saysThroughWhenItIsExactOnceThereIsAGeneration() {
        String line = DemoTicker.line(
                31948,
                Api.json(ROW.formatted("mixed", "{}")),
                Api.json("{\"generation\": 1, \"exactThrough\": \"2026-01-02T10:45:52.805871980Z\"}"));

        assertThat(line).endsWith("  3,407 visitors  mixed, exact through 10:45:52 UTC");
    }
}
