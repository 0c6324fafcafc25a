package io.bifocal.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.ManifestStoreContract;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CassandraManifestStoreTest extends ManifestStoreContract {
    private static final ManifestStore STORE = new CassandraManifestStore(TestConnection.shared());

    @Override
    protected ManifestStore store() {
        return STORE;
    }

    @Test
    void readsWhatALaterVersionOfThePlatformAddedTo() {
        String model = TestConnection.uniqueName();
        Manifest manifest = Manifest.initial(model, "d1", Instant.EPOCH);
        String extended = "{\"addedLater\": {\"a\": 1}, " + Json.write(manifest).substring(1);
        new VersionedTexts(TestConnection.shared(), "manifests", "model").replace(0, 1, extended, model);
        assertThat(STORE.read(model)).contains(manifest);
    }
}
