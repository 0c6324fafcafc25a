package io.bifocal.batch;

import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.CassandraViewStore;
import io.bifocal.core.config.Config;
import io.bifocal.core.view.ViewStore;
import java.util.Map;
import java.util.TreeMap;

/** Views in Cassandra; one session serves all tasks of a JVM. */
final class CassandraViews implements ViewStores {
    private static final long serialVersionUID = 1L;

    private final TreeMap<String, String> settings;

    CassandraViews(Config config) {
        this.settings = new TreeMap<>(config.asMap());
    }

    @Override
    public ViewStore open() {
        return new CassandraViewStore(CassandraConnection.shared(Config.of(settings, Map.of())));
    }
}
