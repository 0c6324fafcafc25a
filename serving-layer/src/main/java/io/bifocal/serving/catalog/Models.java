package io.bifocal.serving.catalog;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.query.Definitions;
import io.bifocal.serving.storage.ReadGuard;
import io.bifocal.serving.storage.Storage;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The definitions in force, as the catalog had them a moment ago. */
@Singleton
public class Models implements Definitions {
    private static final long MAX_AGE_NANOS = 500_000_000;

    private final Storage storage;
    private final ReadGuard guard;
    private final Map<String, Definition> earlier = new ConcurrentHashMap<>();
    private final AtomicLong changes = new AtomicLong();
    private volatile Snapshot snapshot = new Snapshot(Map.of(), -1, 0);

    /** @param change the last one before it was read: a reading that another one overtook is not to be used */
    private record Snapshot(Map<String, Definition> byName, long change, long readNanos) {}

    Models(Storage storage, ReadGuard guard) {
        this.storage = storage;
        this.guard = guard;
    }

    /** All of them, by name. */
    public Collection<Definition> all() {
        return byName().values();
    }

    @Override
    public List<String> models() {
        return List.copyOf(byName().keySet());
    }

    @Override
    public Optional<Definition> current(String model) {
        return Optional.ofNullable(byName().get(model));
    }

    @Override
    public Optional<Definition> byHash(String model, String hash) {
        Optional<Definition> now = current(model)
                .filter(definition -> DefinitionJson.hash(definition).equals(hash));
        return now.or(() -> Optional.ofNullable(earlier.computeIfAbsent(
                model + " " + hash,
                absent -> storage.models().byHash(model, hash).orElse(null))));
    }

    @Override
    public Optional<Definition> byFingerprint(String model, String fingerprint) {
        return Definitions.super
                .byFingerprint(model, fingerprint)
                .or(() -> Optional.ofNullable(
                        earlier.computeIfAbsent(model + " as " + fingerprint, absent -> storage.models()
                                .byFingerprint(model, fingerprint)
                                .orElse(null))));
    }

    /**
     * A model that a path names.
     *
     * @throws BifocalException NOT_FOUND, with the near names
     */
    public Definition find(String model) {
        return current(model)
                .orElseThrow(() -> Errors.of(
                        ErrorCode.NOT_FOUND,
                        "There is no model " + model + ".",
                        Nearest.remedy(model, models()),
                        Map.of("model", model, "near", Nearest.of(model, models()))));
    }

    /** Forgets what was read, after a change. */
    void refresh() {
        changes.incrementAndGet();
    }

    private Map<String, Definition> byName() {
        Snapshot known = snapshot;
        if (known.change() == changes.get() && System.nanoTime() - known.readNanos() < MAX_AGE_NANOS) {
            return known.byName();
        }
        long change = changes.get();
        long readNanos = System.nanoTime();
        Map<String, Definition> byName = new TreeMap<>();
        guard.read(() -> storage.models().all()).forEach(applied -> byName.put(applied.name(), applied.definition()));
        snapshot = new Snapshot(byName, change, readNanos);
        return byName;
    }
}
