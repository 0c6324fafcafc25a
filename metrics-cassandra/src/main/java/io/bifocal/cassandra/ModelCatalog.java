package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.bifocal.cassandra.VersionedTexts.Versioned;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The models that were applied, each with all of its versions. One of them is wanted: the latest that was applied, unless
 * somebody went back to an earlier one. Which is in force, the manifest says ({@link InForce}). Cheap to poll: what did not
 * change is not read again.
 */
public final class ModelCatalog {
    /**
     * A version of a model.
     *
     * @param version 1 for the first, one more with every change
     * @param hash of what its partials have in common with those of other versions ({@link DefinitionJson#hash})
     */
    public record AppliedModel(String name, long version, Definition definition, String hash, Instant appliedAt) {}

    /**
     * The wanted version.
     *
     * @param last the highest version that there is
     */
    private record Body(long version, long last, String definition, Instant appliedAt) {}

    private record RowKey(String name, long rowVersion) {}

    private final CassandraConnection connection;
    private final Clock clock;
    private final VersionedTexts models;
    private final PreparedStatement selectVersions;
    private final PreparedStatement insertHistory;
    private final PreparedStatement selectHistory;
    private final Map<RowKey, AppliedModel> read = new ConcurrentHashMap<>();

    public ModelCatalog(CassandraConnection connection, Clock clock) {
        this.connection = connection;
        this.clock = clock;
        this.models = new VersionedTexts(connection, "models", "name");
        this.selectVersions = connection.prepare("SELECT name, version FROM models");
        this.insertHistory = connection.prepare("INSERT INTO model_history (name, version, body) VALUES (?, ?, ?)");
        this.selectHistory = connection.prepare("SELECT name, version, body FROM model_history WHERE name = ?");
    }

    /** The wanted versions of all models, by name. */
    public List<AppliedModel> all() {
        return rows().stream()
                .flatMap(key -> Optional.ofNullable(read.get(key)).or(() -> find(key.name())).stream())
                .toList();
    }

    /** The names of all models, in order. */
    public List<String> names() {
        return rows().stream().map(RowKey::name).toList();
    }

    /** The wanted version of a model. */
    public Optional<AppliedModel> find(String name) {
        return models.read(name).map(stored -> applied(name, stored));
    }

    /** All versions of a model, the latest first. */
    public List<AppliedModel> versions(String name) {
        Map<Long, AppliedModel> byVersion = new TreeMap<>(Comparator.reverseOrder());
        Retries.join(connection.read(() -> selectHistory.bind(name), (Row row) -> row))
                .forEach(row -> byVersion.put(row.getLong("version"), applied(name, body(row.getString("body")))));
        find(name).ifPresent(wanted -> byVersion.put(wanted.version(), wanted));
        return List.copyOf(byVersion.values());
    }

    /** The version of a hash: the wanted one if it has it, or else the latest that does. */
    public Optional<AppliedModel> byHash(String name, String hash) {
        return first(name, version -> version.hash().equals(hash));
    }

    /** The latest version whose definition is this very one. */
    public Optional<AppliedModel> byFingerprint(String name, String fingerprint) {
        return first(name, version -> DefinitionJson.fingerprint(version.definition())
                .equals(fingerprint));
    }

    private Optional<AppliedModel> first(String name, Predicate<AppliedModel> wanted) {
        return Stream.concat(find(name).stream(), versions(name).stream())
                .filter(wanted)
                .findFirst();
    }

    /**
     * Applies a definition. Where it is the wanted one already, nothing changes.
     *
     * @return the wanted version, which is this one
     */
    public AppliedModel put(Definition definition) {
        String name = definition.model().name();
        String json = DefinitionJson.write(definition);
        return change(name, current -> {
            long last = current.map(Body::last).orElse(0L);
            return current.filter(body -> body.definition().equals(json))
                    .orElseGet(() -> new Body(last + 1, last + 1, json, clock.instant()));
        });
    }

    /** Makes a version the wanted one, which may be an earlier one. */
    public AppliedModel want(AppliedModel version) {
        return change(version.name(), current -> {
            Body body = current.orElseThrow();
            return body.version() == version.version()
                    ? body
                    : new Body(
                            version.version(),
                            body.last(),
                            DefinitionJson.write(version.definition()),
                            version.appliedAt());
        });
    }

    private AppliedModel change(String name, Function<Optional<Body>, Body> transition) {
        while (true) {
            Optional<Versioned> current = models.read(name);
            Optional<Body> before = current.map(stored -> body(stored.text()));
            Body next = transition.apply(before);
            if (before.isPresent() && next.equals(before.get())) {
                return applied(name, current.get());
            }
            // Before it is replaced, for afterwards this process may be gone.
            current.ifPresent(stored -> Retries.join(
                    connection.write(() -> insertHistory.bind(name, before.get().version(), stored.text()))));
            long row = current.map(Versioned::version).orElse(0L);
            String text = Json.write(next);
            if (models.replace(row, row + 1, text, name)) {
                return applied(name, new Versioned(row + 1, text));
            }
        }
    }

    private List<RowKey> rows() {
        List<RowKey> rows = new ArrayList<>(Retries.join(
                connection.read(selectVersions::bind, row -> new RowKey(row.getString(0), row.getLong(1)))));
        rows.sort(Comparator.comparing(RowKey::name));
        return rows;
    }

    private AppliedModel applied(String name, Versioned stored) {
        return read.computeIfAbsent(new RowKey(name, stored.version()), key -> applied(name, body(stored.text())));
    }

    private static AppliedModel applied(String name, Body body) {
        Definition definition = DefinitionJson.read(body.definition());
        return new AppliedModel(name, body.version(), definition, DefinitionJson.hash(definition), body.appliedAt());
    }

    private static Body body(String text) {
        return Json.read(text, Body.class);
    }
}
