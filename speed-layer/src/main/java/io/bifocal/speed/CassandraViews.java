package io.bifocal.speed;

import io.bifocal.cassandra.CassandraViewStore;
import io.bifocal.core.config.Config;
import io.bifocal.core.view.ViewStore;
import java.util.Map;
import java.util.TreeMap;

/** The views in Cassandra, reached from any JVM with the driver's configuration. */
final class CassandraViews implements ViewStoreSource {
    private static final long serialVersionUID = 1L;

    private final TreeMap<String, String> configuration;

    CassandraViews(Config config) {
        this.configuration = new TreeMap<>(config.asMap());
    }

    @Override
    public ViewStore store() {
        return CassandraViewStore.shared(Config.of(configuration, Map.of()));
    }
}
