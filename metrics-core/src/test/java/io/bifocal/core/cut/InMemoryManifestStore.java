package io.bifocal.core.cut;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Manifests in a map, with a test's faults around each change. */
public final class InMemoryManifestStore implements ManifestStore {
    private final Map<String, Manifest> manifests = new ConcurrentHashMap<>();
    private final FaultPolicy faults;

    public InMemoryManifestStore() {
        this(FaultPolicy.NONE);
    }

    public InMemoryManifestStore(FaultPolicy faults) {
        this.faults = faults;
    }

    @Override
    public Optional<Manifest> read(String model) {
        return Optional.ofNullable(manifests.get(model));
    }

    @Override
    public boolean create(Manifest manifest) {
        faults.before("create");
        boolean created = manifests.putIfAbsent(manifest.model(), manifest) == null;
        faults.after("create");
        return created;
    }

    @Override
    public synchronized boolean replace(Manifest current, Manifest next) {
        faults.before("replace");
        Manifest stored = manifests.get(current.model());
        boolean replaced = stored != null && stored.version() == current.version();
        if (replaced) {
            manifests.put(next.model(), next);
        }
        faults.after("replace");
        return replaced;
    }
}
