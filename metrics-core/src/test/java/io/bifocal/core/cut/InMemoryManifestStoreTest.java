package io.bifocal.core.cut;

class InMemoryManifestStoreTest extends ManifestStoreContract {
    private final ManifestStore store = new InMemoryManifestStore();

    @Override
    protected ManifestStore store() {
        return store;
    }
}
