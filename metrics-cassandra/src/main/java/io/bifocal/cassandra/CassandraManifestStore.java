package io.bifocal.cassandra;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import java.util.Optional;

/**
 * Manifests in Cassandra, one row each. {@link #read} is at QUORUM, which is enough: it sees every acknowledged version, and
 * never one earlier than what another reader has seen. SERIAL, three times as dear, is for outcomes that are in doubt.
 */
public final class CassandraManifestStore implements ManifestStore {
    private final VersionedTexts manifests;

    public CassandraManifestStore(CassandraConnection connection) {
        this.manifests = new VersionedTexts(connection, "manifests", "model");
    }

    @Override
    public Optional<Manifest> read(String model) {
        return manifests.read(model).map(found -> Json.read(found.text(), Manifest.class));
    }

    @Override
    public boolean create(Manifest manifest) {
        return manifests.replace(0, manifest.version(), Json.write(manifest), manifest.model());
    }

    @Override
    public boolean replace(Manifest current, Manifest next) {
        return manifests.replace(current.version(), next.version(), Json.write(next), current.model());
    }
}
