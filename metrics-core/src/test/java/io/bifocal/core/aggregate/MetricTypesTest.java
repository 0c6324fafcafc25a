package io.bifocal.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.model.Definition;
import io.bifocal.core.model.ModelFile;
import io.bifocal.core.model.TestModels;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.model.ValueType.Kind;
import org.junit.jupiter.api.Test;

class MetricTypesTest {
    private final Definition retail = TestModels.analysed(TestModels.load("retail"));

    @Test
    void tellsTypesOfAllMetrics() {
        assertThat(type(retail, "lines")).isEqualTo(ValueType.LONG);
        assertThat(type(retail, "max_unit_price")).isEqualTo(ValueType.decimal(12, 4));
        assertThat(type(retail, "average_unit_price")).isEqualTo(ValueType.DOUBLE);
        assertThat(type(retail, "revenue_per_invoice")).isEqualTo(ValueType.DOUBLE);
        assertThat(type(retail, "refunds").kind()).isEqualTo(Kind.DECIMAL);
        assertThat(type(retail, "refunds").scale()).isEqualTo(4);
    }

    @Test
    void refusesToComputeWithText() {
        String metrics =
                """
                  - {name: last_country, type: simple, agg: max, expr: Country}
                  - {name: ratio, type: ratio, numerator: events, denominator: last_country}
                  - {name: derived, type: derived, expr: -last_country, input_metrics: [last_country]}
                rollups:
                """;
        Definition definition =
                TestModels.analysed(ModelFile.parse("m.yml", TestModels.SMALL.replace("rollups:\n", metrics)));

        assertThatThrownBy(() -> type(definition, "ratio")).hasMessage("`last_country` is a string, not a number");
        assertThatThrownBy(() -> type(definition, "derived")).hasMessage("`last_country` is a string, not a number");
    }

    private static ValueType type(Definition definition, String metric) {
        return new MetricTypes(definition).of(definition.model().metric(metric).orElseThrow());
    }
}
