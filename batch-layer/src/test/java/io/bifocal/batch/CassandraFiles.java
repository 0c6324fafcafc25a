package io.bifocal.batch;

import com.datastax.oss.driver.api.core.CqlSession;
import com.sun.tools.attach.VirtualMachine;
import io.bifocal.cassandra.CassandraConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * The files of the Cassandra that this JVM started.
 *
 * @param data its directory
 */
record CassandraFiles(long pid, Path data) {
    private static final String STORAGE = "-Dcassandra.storagedir=";
    private static final List<String> KEYSPACES = List.of("bifocal", "system");

    static CassandraFiles ofThisJvm() {
        ProcessHandle server = ProcessHandle.current()
                .descendants()
                .filter(process -> storage(process) != null)
                .findFirst()
                .orElseThrow();
        return new CassandraFiles(server.pid(), Path.of(storage(server)));
    }

    /** Read where Linux shows it: its class path is longer than what {@link ProcessHandle} gives of a command line. */
    private static String storage(ProcessHandle process) {
        try {
            String line = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
            return Arrays.stream(line.split("\0", -1))
                    .filter(argument -> argument.startsWith(STORAGE))
                    .map(argument -> argument.substring(STORAGE.length()))
                    .findFirst()
                    .orElse(null);
        } catch (IOException gone) {
            return null;
        }
    }

    /** As {@code nodetool flush} and {@code nodetool compact} do: what was deleted or overwritten leaves the files. */
    @SuppressWarnings("BanJNDI") // the server is this JVM's own child
    void rewrite(CassandraConnection cassandra) throws Exception {
        CqlSession session = cassandra.session();
        // Dropping a table makes a node begin a new segment of its commit log; those before it go once they are
        // flushed.
        session.execute("CREATE TABLE IF NOT EXISTS bifocal.nothing (nothing int PRIMARY KEY)");
        session.execute("DROP TABLE bifocal.nothing");
        VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
        try (JMXConnector connector =
                JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()))) {
            MBeanServerConnection server = connector.getMBeanServerConnection();
            ObjectName storage = new ObjectName("org.apache.cassandra.db:type=StorageService");
            for (String keyspace : KEYSPACES) {
                server.invoke(storage, "forceKeyspaceFlush", new Object[] {keyspace, new String[0]}, new String[] {
                    String.class.getName(), String[].class.getName()
                });
                server.invoke(
                        storage,
                        "forceKeyspaceCompaction",
                        new Object[] {false, keyspace, new String[0]},
                        new String[] {boolean.class.getName(), String.class.getName(), String[].class.getName()});
            }
        } finally {
            machine.detach();
        }
    }
}
