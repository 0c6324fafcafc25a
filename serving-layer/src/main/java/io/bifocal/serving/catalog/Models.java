package io.bifocal.serving.catalog;

import io.bifocal.cassandra.InForce;
import io.bifocal.cassandra.ModelCatalog.AppliedModel;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Definitions;
import io.bifocal.serving.storage.ReadGuard;
import io.bifocal.serving.storage.Storage;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** The versions in force, as the catalog and the manifests had them a moment ago. */
@Singleton
public class Models implements Definitions {
    private static final Logger LOG = Logger.getLogger(Models.class);
    private static final long MAX_AGE_NANOS = 500_000_000;

    /** A query does not wait for a reading while the last one is younger than this: it has the next one begin. */
    private static final long MAX_AGE_FOR_QUERIES_NANOS = 2_000_000_000;

    private final Storage storage;
    private final ReadGuard guard;
    private final Map<String, Definition> earlier = new ConcurrentHashMap<>();
    private final AtomicLong changes = new AtomicLong();
    private final AtomicBoolean reading = new AtomicBoolean();
    private volatile Snapshot snapshot = new Snapshot(Map.of(), -1, 0);

    /** @param change the last one before it was read: a reading that another one overtook is not to be used */
    private record Snapshot(Map<String, AppliedModel> byName, long change, long readNanos) {}

    Models(Storage storage, ReadGuard guard) {
        this.storage = storage;
        this.guard = guard;
    }

    /** All of them, by name. */
    public Collection<Definition> all() {
        return versions().stream().map(AppliedModel::definition).toList();
    }

    /** All of them, with what the catalog says of them, by name. */
    Collection<AppliedModel> versions() {
        return byName().values();
    }

    @Override
    public List<String> models() {
        return List.copyOf(byName().keySet());
    }

    @Override
    public Optional<Definition> current(String model) {
        return forQueries(model).map(AppliedModel::definition);
    }

    @Override
    public Optional<Definition> byHash(String model, String hash) {
        return forQueries(model)
                .filter(version -> version.hash().equals(hash))
                .or(() -> Optional.ofNullable(byName().get(model))
                        .filter(version -> version.hash().equals(hash)))
                .map(AppliedModel::definition)
                .or(() -> Optional.ofNullable(earlier.computeIfAbsent(
                        model + " " + hash,
                        absent -> storage.inForce().byHash(model, hash).orElse(null))));
    }

    @Override
    public Optional<Definition> byFingerprint(String model, String fingerprint) {
        return Definitions.super
                .byFingerprint(model, fingerprint)
                .or(() -> Optional.ofNullable(
                        earlier.computeIfAbsent(model + " as " + fingerprint, absent -> storage.inForce()
                                .byFingerprint(model, fingerprint)
                                .orElse(null))));
    }

    /**
     * A model that a path names.
     *
     * @throws BifocalException NOT_FOUND, with the near names
     */
    public Definition find(String model) {
        return version(model).definition();
    }

    /** The same, with what the catalog says of it. */
    AppliedModel version(String model) {
        return Optional.ofNullable(byName().get(model))
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

    /** The version in force; of a model that another server has just put in force, perhaps the one before. */
    private Optional<AppliedModel> forQueries(String model) {
        Snapshot known = snapshot;
        if (!young(known, MAX_AGE_FOR_QUERIES_NANOS)) {
            return Optional.ofNullable(byName().get(model));
        }
        if (!young(known, MAX_AGE_NANOS) && reading.compareAndSet(false, true)) {
            Infrastructure.getDefaultWorkerPool().execute(this::readAhead);
        }
        return Optional.ofNullable(known.byName().get(model)).or(() -> Optional.ofNullable(byName().get(model)));
    }

    private void readAhead() {
        try {
            byName();
        } catch (BifocalException unavailable) {
            LOG.debug("The models are read when somebody waits for them: " + unavailable.getMessage());
        } finally {
            reading.set(false);
        }
    }

    private Map<String, AppliedModel> byName() {
        Snapshot known = snapshot;
        return young(known, MAX_AGE_NANOS) ? known.byName() : read();
    }

    private boolean young(Snapshot known, long maxAgeNanos) {
        return known.change() == changes.get() && System.nanoTime() - known.readNanos() < maxAgeNanos;
    }

    private Map<String, AppliedModel> read() {
        long change = changes.get();
        long readNanos = System.nanoTime();
        InForce inForce = storage.inForce();
        Map<String, AppliedModel> byName = guard.read(() -> storage.models().all().stream()
                .collect(Collectors.toMap(AppliedModel::name, inForce::of, (one, same) -> one, TreeMap::new)));
        snapshot = new Snapshot(byName, change, readNanos);
        return byName;
    }
}
