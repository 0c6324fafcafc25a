package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.bifocal.cassandra.VersionedTexts.Versioned;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.query.Definitions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The models that were applied, each with its earlier versions. Cheap to poll: what did not change is not read again. */
public final class ModelCatalog implements Definitions {
    /**
     * A model as it was applied.
     *
     * @param version 1 for the first, one more with every change
     * @param hash of what its partials have in common with those of other versions ({@link DefinitionJson#hash})
     */
    public record AppliedModel(String name, long version, Definition definition, String hash, Instant appliedAt) {}

    private record Body(String definition, Instant appliedAt) {}

    private record VersionKey(String name, long version) {}

    private final CassandraConnection connection;
    private final Clock clock;
    private final VersionedTexts models;
    private final PreparedStatement selectVersions;
    private final PreparedStatement insertHistory;
    private final PreparedStatement selectHistory;
    private final Map<VersionKey, AppliedModel> read = new ConcurrentHashMap<>();

    public ModelCatalog(CassandraConnection connection, Clock clock) {
        this.connection = connection;
        this.clock = clock;
        this.models = new VersionedTexts(connection, "models", "name");
        this.selectVersions = connection.prepare("SELECT name, version FROM models");
        this.insertHistory = connection.prepare("INSERT INTO model_history (name, version, body) VALUES (?, ?, ?)");
        this.selectHistory = connection.prepare("SELECT name, version, body FROM model_history WHERE name = ?");
    }

    /** All models in force, by name. */
    public List<AppliedModel> all() {
        return versions().stream()
                .flatMap(key -> Optional.ofNullable(read.get(key)).or(() -> find(key.name())).stream())
                .toList();
    }

    public Optional<AppliedModel> find(String name) {
        return models.read(name).map(stored -> applied(name, stored.version(), stored.text()));
    }

    /** Earlier versions of a model, the latest first; without the one in force. */
    public List<AppliedModel> history(String name) {
        return Retries.join(connection.read(() -> selectHistory.bind(name), (Row row) -> row)).stream()
                .map(row -> applied(name, row.getLong("version"), row.getString("body")))
                .toList();
    }

    /**
     * Puts a definition in force. Where it is in force already, nothing changes.
     *
     * @return the model as it is now
     */
    public AppliedModel put(Definition definition) {
        String name = definition.model().name();
        String json = DefinitionJson.write(definition);
        while (true) {
            Optional<Versioned> current = models.read(name);
            if (current.isPresent() && body(current.get().text()).definition().equals(json)) {
                return applied(name, current.get().version(), current.get().text());
            }
            // Before it is replaced, for afterwards this process may be gone.
            current.ifPresent(stored ->
                    Retries.join(connection.write(() -> insertHistory.bind(name, stored.version(), stored.text()))));
            long version = current.map(Versioned::version).orElse(0L);
            String text = Json.write(new Body(json, clock.instant()));
            if (models.replace(version, version + 1, text, name)) {
                return applied(name, version + 1, text);
            }
        }
    }

    @Override
    public List<String> models() {
        return versions().stream().map(VersionKey::name).toList();
    }

    @Override
    public Optional<Definition> current(String model) {
        return find(model).map(AppliedModel::definition);
    }

    @Override
    public Optional<Definition> byHash(String model, String hash) {
        return withHash(find(model).stream(), hash).or(() -> withHash(history(model).stream(), hash));
    }

    @Override
    public Optional<Definition> byFingerprint(String model, String fingerprint) {
        return Stream.concat(find(model).stream(), history(model).stream())
                .map(AppliedModel::definition)
                .filter(definition -> DefinitionJson.fingerprint(definition).equals(fingerprint))
                .findFirst();
    }

    private static Optional<Definition> withHash(Stream<AppliedModel> versions, String hash) {
        return versions.filter(version -> version.hash().equals(hash))
                .map(AppliedModel::definition)
                .findFirst();
    }

    private List<VersionKey> versions() {
        List<VersionKey> versions = new ArrayList<>(Retries.join(
                connection.read(selectVersions::bind, row -> new VersionKey(row.getString(0), row.getLong(1)))));
        versions.sort(Comparator.comparing(VersionKey::name));
        return versions;
    }

    private AppliedModel applied(String name, long version, String text) {
        return read.computeIfAbsent(new VersionKey(name, version), key -> {
            Body body = body(text);
            Definition definition = DefinitionJson.read(body.definition());
            return new AppliedModel(name, version, definition, DefinitionJson.hash(definition), body.appliedAt());
        });
    }

    private static Body body(String text) {
        return Json.read(text, Body.class);
    }
}
