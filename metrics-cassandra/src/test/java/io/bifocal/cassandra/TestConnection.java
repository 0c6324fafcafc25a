package io.bifocal.cassandra;

import io.bifocal.core.config.Config;
import io.bifocal.infra.local.LocalCassandra;
import java.util.Map;
import java.util.UUID;

/** A keyspace in the Cassandra that this JVM's tests share. */
final class TestConnection {
    private TestConnection() {}

    static CassandraConnection shared() {
        return CassandraConnection.shared(config("shared"));
    }

    static Config config(String keyspace) {
        return Config.of(
                Map.of("cassandra.contact-points", LocalCassandra.contactPoint(), "cassandra.keyspace", keyspace),
                Map.of());
    }

    /** A name that no other test uses. */
    static String uniqueName() {
        return "m" + UUID.randomUUID().toString().replace("-", "");
    }
}
