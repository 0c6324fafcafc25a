package io.bifocal.cassandra;

import io.bifocal.cassandra.ModelCatalog.AppliedModel;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Definitions;
import java.util.List;
import java.util.Optional;

/** The definitions in force: of each model the version with which what its manifest names was computed (rule 10). */
public final class InForce implements Definitions {
    private final ModelCatalog catalog;
    private final ManifestStore manifests;

    public InForce(ModelCatalog catalog, ManifestStore manifests) {
        this.catalog = catalog;
        this.manifests = manifests;
    }

    @Override
    public List<String> models() {
        return catalog.names();
    }

    @Override
    public Optional<Definition> current(String model) {
        return catalog.find(model).map(wanted -> of(wanted).definition());
    }

    @Override
    public Optional<Definition> byHash(String model, String hash) {
        return catalog.byHash(model, hash).map(AppliedModel::definition);
    }

    @Override
    public Optional<Definition> byFingerprint(String model, String fingerprint) {
        return catalog.byFingerprint(model, fingerprint).map(AppliedModel::definition);
    }

    /** The version in force of a model whose wanted one is known. While no record is counted, that is the wanted one. */
    public AppliedModel of(AppliedModel wanted) {
        Optional<Manifest> counted =
                manifests.read(wanted.name()).filter(manifest -> !manifest.end().equals(Positions.NONE));
        return counted.map(Manifest::definition)
                .filter(hash -> !hash.equals(wanted.hash()))
                .flatMap(hash -> catalog.byHash(wanted.name(), hash))
                .orElse(wanted);
    }
}
