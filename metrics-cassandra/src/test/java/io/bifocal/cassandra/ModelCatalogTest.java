package io.bifocal.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.cassandra.ModelCatalog.AppliedModel;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.PartId;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.model.ModelFile;
import io.bifocal.core.model.TestModels;
import io.bifocal.core.model.ValueType;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
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
        assertThat(elsewhere().names()).contains(name);
        assertThat(catalog.find(name + "x")).isEmpty();
    }

    @Test
    void changesNothingWhereNothingChanged() {
        catalog.put(definition("hour"));
        assertThat(catalog.put(definition("hour")).version()).isEqualTo(1);
        assertThat(catalog.versions(name)).hasSize(1);
    }

    @Test
    void keepsEarlierVersionsAndFindsThemByHash() {
        Definition first = definition("hour");
        Definition second = definition("minute");
        catalog.put(first);
        assertThat(catalog.put(second).version()).isEqualTo(2);
        assertThat(catalog.find(name).orElseThrow().definition()).isEqualTo(second);
        assertThat(elsewhere().versions(name))
                .extracting(AppliedModel::definition)
                .containsExactly(second, first);
        assertThat(versionOf(first)).contains(1L);
        assertThat(versionOf(second)).contains(2L);
        assertThat(elsewhere().byHash(name, "unknown")).isEmpty();
    }

    @Test
    void goesBackToAnEarlierVersionAndOnToANewOne() {
        AppliedModel first = catalog.put(definition("hour"));
        catalog.put(definition("minute"));

        assertThat(catalog.want(first)).isEqualTo(first);
        assertThat(elsewhere().find(name)).contains(first);
        assertThat(elsewhere().versions(name)).extracting(AppliedModel::version).containsExactly(2L, 1L);
        assertThat(catalog.put(definition("day")).version()).isEqualTo(3);
        assertThat(elsewhere().versions(name)).extracting(AppliedModel::version).containsExactly(3L, 2L, 1L);
    }

    @Test
    void takesForInForceWhatTheManifestCountsWith() {
        Definition first = catalog.put(definition("hour")).definition();
        Definition second = definition("minute");
        CassandraManifestStore manifests = new CassandraManifestStore(TestConnection.shared());
        InForce inForce = new InForce(elsewhere(), manifests);
        Manifest empty = Manifest.initial(name, DefinitionJson.hash(first), NOW);
        manifests.create(empty);
        catalog.put(second);
        assertThat(inForce.current(name)).as("before anything is counted").contains(second);

        Positions some = Positions.of("topic", Map.of(0, 1L));
        Manifest counted = empty.bridge(
                Part.hole(PartId.next("hole", 1), Positions.NONE, some, 1), DefinitionJson.hash(first), NOW);
        manifests.replace(empty, counted);

        assertThat(inForce.current(name)).contains(first);
    }

    private Optional<Long> versionOf(Definition definition) {
        return elsewhere().byHash(name, DefinitionJson.hash(definition)).map(AppliedModel::version);
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
