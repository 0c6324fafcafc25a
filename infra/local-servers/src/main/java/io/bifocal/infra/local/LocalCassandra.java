package io.bifocal.infra.local;

import java.nio.file.Path;

/**
 * The Cassandra that the tests of this JVM share: started when first asked for, stopped and deleted when the JVM ends. Tests
 * keep apart by keyspace or by the names of their models.
 */
public final class LocalCassandra {
    private LocalCassandra() {}

    public static CassandraServer server() {
        return Holder.SERVER;
    }

    /** Host and port, as the configuration writes them. */
    public static String contactPoint() {
        return CassandraServer.contactPoint(server().ports());
    }

    private static final class Holder {
        private static final CassandraServer SERVER = start();

        private static CassandraServer start() {
            Path home = TemporaryDirectories.create("bifocal-cassandra");
            CassandraServer server =
                    CassandraServer.start(home, CassandraServer.Ports.free(), home.resolve("cassandra.log"));
            AtExit.killAndDelete(server.process(), home);
            return server;
        }
    }
}
