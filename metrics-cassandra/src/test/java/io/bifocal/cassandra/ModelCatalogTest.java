package io.bifocal.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.cassandra.ModelCatalog.AppliedModel;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.model.ModelFile;
import io.bifocal.core.model.TestModels;
import io.bifocal.core.model.ValueType;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelCatalogTest {
    private static final Instant NOW = Instant.parse("2010-12-01T08:26:00Z");

    private final ModelCatalog catalog = new ModelCatalog(TestConnection.shared(), Clock.fixed(NOW, ZoneOffset.UTC));
    private final String name = TestConnection.uniqueName();

    @Test
    void givesBackWhatWasApplied() {
        Definition definition = definition("hour");
        AppliedModel applied = catalog.put(definition);
        assertThat(applied).isEqualTo(new AppliedModel(name, 1, definition, DefinitionJson.hash(definition), NOW));
        assertThat(elsewhere().find(name)).contains(applied);
        assertThat(elsewhere().all()).contains(applied);
        assertThat(elsewhere().models()).contains(name);
        assertThat(catalog.find(name + "x")).isEmpty();
    }

    @Test
    void changesNothingWhereNothingChanged() {
        catalog.put(definition("hour"));
        assertThat(catalog.put(definition("hour")).version()).isEqualTo(1);
        assertThat(catalog.history(name)).isEmpty();
    }

    @Test
    void keepsEarlierVersionsAndFindsThemByHash() {
        Definition first = definition("hour");
        Definition second = definition("minute");
        catalog.put(first);
        assertThat(catalog.put(second).version()).isEqualTo(2);
        assertThat(catalog.current(name)).contains(second);
        assertThat(elsewhere().history(name))
                .extracting(AppliedModel::definition)
                .containsExactly(first);
        assertThat(elsewhere().byHash(name, DefinitionJson.hash(first))).contains(first);
        assertThat(elsewhere().byHash(name, DefinitionJson.hash(second))).contains(second);
        assertThat(elsewhere().byHash(name, "unknown")).isEmpty();
    }

    @Test
    void noticesWhatAnotherProcessApplied() {
        ModelCatalog other = elsewhere();
        catalog.put(definition("hour"));
        other.all();
        catalog.put(definition("minute"));
        assertThat(other.all()).extracting(AppliedModel::definition).contains(definition("minute"));
    }

    private static ModelCatalog elsewhere() {
        return new ModelCatalog(TestConnection.shared(), Clock.fixed(NOW.plusSeconds(1), ZoneOffset.UTC));
    }

    private Definition definition(String granularity) {
        String yaml = TestModels.SMALL
                .replace("model: small", "model: " + name)
                .replace("granularity: hour", "granularity: " + granularity);
        return new Definition(ModelFile.parse("small.yml", yaml), Map.of("country", ValueType.STRING), Map.of());
    }
}
