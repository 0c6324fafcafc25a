package io.bifocal.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.model.Fault;
import io.bifocal.core.model.ValueType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionAnalyzerTest {
    private static final Path MODELS = Path.of("../infra/acceptance/src/test/resources/models");

    @ParameterizedTest
    @ValueSource(strings = {"retail", "wikipedia", "clicks", "visits"})
    void acceptsTheModelsOfTheAcceptanceTests(String model) throws IOException {
        Path file = MODELS.resolve(model + ".yml");

        ExpressionAnalyzer.Result result = ExpressionAnalyzer.analyse(file.toString(), Files.readString(file));

        assertThat(result.faults()).isEmpty();
        Definition definition = result.definition().orElseThrow();
        assertThat(DefinitionJson.read(DefinitionJson.write(definition))).isEqualTo(definition);
    }

    @Test
    void infersTypes() {
        Definition definition = Models.shop().definition();

        assertThat(definition.dimensionTypes())
                .isEqualTo(Map.of("country", ValueType.STRING, "cancelled", ValueType.BOOLEAN));
        assertThat(definition.inputTypes())
                .containsEntry("units", ValueType.LONG)
                .containsEntry("revenue", ValueType.decimal(33, 4))
                .containsEntry("invoices", ValueType.STRING)
                .doesNotContainKey("lines");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CAST(n AS TINYINT)|long",
                "CAST(n AS INT)|long",
                "length(s)|long",
                "CAST(x AS FLOAT)|double",
                "n / 2|double",
                "x > 1|boolean",
                "CAST(s AS DATE)|string",
                "CAST(n AS DECIMAL(9,2))|decimal(9,2)",
                "to_timestamp(s)|timestamp",
                "upper(s)|string",
                "CASE WHEN n > 0 THEN 'a' ELSE 'b' END|string",
                "coalesce(s, 'none')|string",
                "hour(t)|long"
            })
    void keepsEveryKindOfResultInATypeOfAnswers(String expr, String type) {
        Definition definition = plain().dimension("d", expr).definition();

        assertThat(definition.dimensionTypes().get("d")).hasToString(type);
    }

    @Test
    void aColumnOfNoTypeHidesNoOtherFault() {
        String yaml =
                """
                version: 1
                model: prices
                source: {topic: prices, format: json}
                time: {column: at, zone: Nowhere}
                columns: {id: string, at: datetime, price: "decimal(10,2)"}
                dimensions:
                  - {name: cents, expr: prise * 100}
                  - {name: hour, expr: hour(at) + nothing}
                metrics:
                  - {name: ids, type: simple, agg: sum, expr: id}
                rollups:
                  - {name: daily, granularity: day, dimensions: [cents]}
                """;

        List<Fault> faults = ExpressionAnalyzer.analyse("prices.yml", yaml).faults();

        assertThat(faults).extracting(Fault::line).containsExactly(4, 5, 7, 10);
        assertThat(faults.get(2).problem()).contains("unknown column prise");
    }

    @Test
    void tellsAllFaultsAtOnceWithTheirLines() throws IOException {
        String yaml = resource("models/faulty.yml");

        List<Fault> faults = ExpressionAnalyzer.analyse("faulty.yml", yaml).faults();

        assertThat(faults).hasSize(16).allSatisfy(fault -> {
            assertThat(fault.file()).isEqualTo("faulty.yml");
            String name = fault.problem().replaceFirst("^(Dimension|Metric) (\\w+).*", "$2");
            assertThat(yaml.lines().toList().get(fault.line() - 1)).contains("name: " + name + ",");
            assertThat(fault.remedy()).isNotBlank();
        });
        assertThat(faults)
                .extracting(fault -> fault.problem() + " " + fault.remedy())
                .anySatisfy(text -> assertThat(text)
                        .isEqualTo("Dimension misspelt: unknown column contry in 'contry'. Did you mean country?"))
                .anySatisfy(text -> assertThat(text).contains("unknown function rond", "round"))
                .anySatisfy(text -> assertThat(text).contains("aggregates over events"))
                .anySatisfy(text -> assertThat(text).contains("rand() > 0.5", "not the same each time"))
                .anySatisfy(text -> assertThat(text).contains("subquery"))
                .anySatisfy(text -> assertThat(text).contains("the filter 'country' is a string, not a condition"))
                .anySatisfy(text -> assertThat(text).contains("array<string>, which cannot be kept"));
    }

    @Test
    void refusesToComputeMetricsFromText() {
        String yaml =
                """
                version: 1
                model: m
                source: {topic: m, format: json}
                time: {column: at}
                columns: {at: timestamp, country: string}
                metrics:
                  - {name: last_country, type: simple, agg: max, expr: country}
                  - {name: lines, type: simple, agg: count}
                  - {name: odd, type: ratio, numerator: last_country, denominator: lines}
                rollups:
                  - {name: totals, granularity: hour}
                """;

        assertThat(ExpressionAnalyzer.analyse("m.yml", yaml).faults())
                .extracting(Fault::toString)
                .containsExactly("m.yml:9: Metric odd cannot be computed: `last_country` is a string, not a number."
                        + " Compute it from metrics that are numbers.");
    }

    private static Models plain() {
        return new Models()
                .time("t", null, "UTC")
                .column("t", "timestamp")
                .column("n", "long")
                .column("x", "double")
                .column("s", "string")
                .rollup("all", io.bifocal.core.time.Granularity.HOUR, ZoneOffset.UTC, 1);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ExpressionAnalyzerTest.class.getResourceAsStream("/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
