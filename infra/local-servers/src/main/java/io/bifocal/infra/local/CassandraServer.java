package io.bifocal.infra.local;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One Cassandra node on loopback; its data outlives it. */
public final class CassandraServer implements AutoCloseable {
    /** Where it listens. */
    public record Ports(int cql, int storage) {
        public static Ports free() {
            return new Ports(FreePorts.next(), FreePorts.next());
        }
    }

    /** Its data center's name, as clients must give it. */
    public static final String DATACENTER = "datacenter1";

    private static final String HOST = "127.0.0.1";
    private static final Duration START_PATIENCE = Duration.ofMinutes(3);

    private final Ports ports;
    private final ServerProcess server;

    private CassandraServer(Ports ports, ServerProcess server) {
        this.ports = ports;
        this.server = server;
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @param home where its data and configuration are, or will be
     */
    public static CassandraServer start(Path home, Ports ports, Path logFile) {
        ServerProcess server = ServerProcess.start(prepare(home, ports, logFile));
        server.awaitReady(START_PATIENCE);
        return new CassandraServer(ports, server);
    }

    /** Writes its configuration and returns what starts it. */
    public static ServerCommand prepare(Path home, Ports ports, Path logFile) {
        return prepare(home, HOST, ports, logFile, 0, HOST + ":" + ports.storage());
    }

    /**
     * The same for one node of several.
     *
     * @param token where it stands in the ring
     * @param seeds where other nodes listen, and this one
     */
    static ServerCommand prepare(Path home, String host, Ports ports, Path logFile, long token, String seeds) {
        Path base = home.toAbsolutePath().normalize();
        Path configuration = base.resolve("conf/cassandra.yaml");
        Path logging = base.resolve("conf/logback.xml");
        Template.write(
                "cassandra.yaml",
                Map.of(
                        "cqlPort",
                        ports.cql(),
                        "storagePort",
                        ports.storage(),
                        "home",
                        base,
                        "token",
                        token,
                        "seeds",
                        seeds,
                        "host",
                        host),
                configuration);
        Template.write("cassandra-logback.xml", Map.of(), logging);
        List<Path> classPath = BuildTree.classPath("infra/cassandra-server");
        List<String> options = new ArrayList<>(Template.lines("cassandra-jvm.options"));
        options.add("-javaagent:" + agent(classPath));
        options.add("-Dcassandra.config=" + configuration.toUri());
        options.add("-Dcassandra.storagedir=" + base);
        options.add("-Dcassandra.logdir=" + base.resolve("log"));
        options.add("-Dlogback.configurationFile=" + logging);
        // Native libraries are unpacked here, and a killed process leaves them behind.
        options.add("-Djava.io.tmpdir=" + emptied(base.resolve("tmp")));
        return new ServerCommand(
                "Cassandra",
                new JavaCommand("org.apache.cassandra.service.CassandraDaemon", classPath, options, List.of()).line(),
                Map.of("MALLOC_ARENA_MAX", "2"),
                logFile,
                base.resolve("server.pid"),
                () -> Probes.cassandraAnswers(host, ports.cql()));
    }

    public Process process() {
        return server.process();
    }

    public Ports ports() {
        return ports;
    }

    public InetSocketAddress contactPoint() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.cql());
    }

    /** As the configuration writes it: host and port. */
    public static String contactPoint(Ports ports) {
        return HOST + ":" + ports.cql();
    }

    /** Stops it in order. */
    @Override
    public void close() {
        server.close();
    }

    /** As {@code kill -9}. */
    public void kill() {
        server.kill();
    }

    /** Cassandra measures objects with it. */
    private static Path agent(List<Path> classPath) {
        return classPath.stream()
                .filter(path -> path.getFileName().toString().startsWith("jamm-"))
                .findFirst()
                .orElseThrow(() -> Errors.of(
                        ErrorCode.BAD_CONFIG,
                        "Cassandra's class path holds no jamm agent.",
                        "Build infra/cassandra-server again."));
    }

    private static Path emptied(Path directory) {
        try {
            TemporaryDirectories.delete(directory);
            return Files.createDirectories(directory);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
