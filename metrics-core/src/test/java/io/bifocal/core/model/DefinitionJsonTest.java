package io.bifocal.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefinitionJsonTest {
    private static final String MORE =
            "alerts: {lag: 5, metrics: {events: {drift: 0.5}}}\nretention: {views: 9d, archive: 30d, generations: 3}";

    @ParameterizedTest
    @ValueSource(strings = {"retail", "wikipedia", "clicks_example_nested"})
    void readsWhatItWrote(String name) {
        Definition definition = definition(TestModels.yaml(name));

        assertThat(DefinitionJson.read(DefinitionJson.write(definition))).isEqualTo(definition);
    }

    @Test
    void readsWhatNoNumberHangsOn() {
        Definition definition = definition(TestModels.SMALL + MORE);

        assertThat(definition.model().alerts()).hasSize(2);
        assertThat(definition.model().retention()).isPresent();
        assertThat(DefinitionJson.read(DefinitionJson.write(definition))).isEqualTo(definition);
    }

    @Test
    void writesAModelWithoutThatAsEver() {
        assertThat(DefinitionJson.write(definition(TestModels.SMALL))).doesNotContain("alerts", "retention");
    }

    @Test
    void hashesAlikeWhateverThatIs() {
        assertThat(hash(definition(TestModels.SMALL + MORE))).isEqualTo(hash(definition(TestModels.SMALL)));
    }

    @Test
    void refusesWhatIsNoDefinition() {
        assertThatThrownBy(() -> DefinitionJson.read("{\"model\": 1}")).hasMessageStartingWith("not a definition: ");
    }

    @Test
    void hashesWhatItReadAlike() {
        Definition definition = definition(TestModels.yaml("retail"));

        assertThat(hash(DefinitionJson.read(DefinitionJson.write(definition)))).isEqualTo(hash(definition));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            unit: GBP                             | unit: EUR
            description: invoice lines            | description: lines of invoices
            "topic: retail"                       | "topic: shop"
            numerator: revenue                    | numerator: units
            revenue - sold_revenue                | sold_revenue - revenue
            # UCI Online Retail                   | # another comment
            """,
            quoteCharacter = '"')
    void hashesAlikeWhatChangesNoPartial(String before, String after) {
        assertThat(changedHash(before, after)).isEqualTo(hash(definition(TestModels.yaml("retail"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            Quantity: long                        | Quantity: double
            zone: Europe/London                   | zone: Europe/Paris
            yyyy-MM-dd HH:mm:ss                   | yyyy-MM-dd HH:mm
            expr: StockCode                       | expr: lower(StockCode)
            "filter: \\"InvoiceNo NOT"            | "filter: \\"StockCode NOT"
            percentile: 0.95                      | percentile: 0.9
            granularity: hour                     | granularity: minute
            [country, cancelled]                  | [cancelled, country]
            name: units, type                     | name: pieces, type
            """,
            quoteCharacter = '`')
    void hashesDifferentlyWhatChangesPartials(String before, String after) {
        assertThat(changedHash(unquoted(before), unquoted(after)))
                .isNotEqualTo(hash(definition(TestModels.yaml("retail"))));
    }

    @Test
    void hashesDifferentlyWhereTypesDiffer() {
        Definition definition = definition(TestModels.SMALL);
        Map<String, ValueType> others = new HashMap<>(definition.dimensionTypes());
        others.put("country", ValueType.LONG);

        assertThat(hash(new Definition(definition.model(), others, definition.inputTypes())))
                .isNotEqualTo(hash(definition));
    }

    @Test
    void doesNotHashTheOrderOfWhatIsFoundByName() {
        String reordered =
                TestModels.SMALL.replace("  Country: string\n  Units: long\n", "  Units: long\n  Country: string\n");

        assertThat(reordered).isNotEqualTo(TestModels.SMALL);
        assertThat(hash(definition(reordered))).isEqualTo(hash(definition(TestModels.SMALL)));
    }

    @Test
    void keepsItsHashesOverTime() {
        // Stored manifests name them: another value here orphans every stored part.
        assertThat(hash(definition(TestModels.SMALL))).isEqualTo("9d88adf27c39e0d9efee835a");
    }

    private static String changedHash(String before, String after) {
        String yaml = TestModels.yaml("retail");
        assertThat(yaml).contains(before);
        return hash(definition(yaml.replace(before, after)));
    }

    private static String unquoted(String text) {
        return text.replaceAll("^\"|\"$", "").replace("\\\"", "\"");
    }

    private static String hash(Definition definition) {
        return DefinitionJson.hash(definition);
    }

    private static Definition definition(String yaml) {
        return TestModels.analysed(ModelFile.parse("m.yml", yaml));
    }
}
