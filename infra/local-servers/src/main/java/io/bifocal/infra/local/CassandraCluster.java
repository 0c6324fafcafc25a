package io.bifocal.infra.local;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Three Cassandra nodes for tests of what one node cannot show. Each has an address of its own, 127.0.0.1 to 127.0.0.3: drivers
 * tell nodes apart by their addresses alone when they ask whether all know a schema.
 */
public final class CassandraCluster implements AutoCloseable {
    public static final int NODES = 3;

    private static final Duration START_PATIENCE = Duration.ofMinutes(4);

    private final CassandraServer.Ports ports;
    private final List<ServerCommand> commands = new ArrayList<>();
    private final List<ServerProcess> nodes = new ArrayList<>();

    private CassandraCluster(Path home, CassandraServer.Ports ports) {
        this.ports = ports;
        for (int node = 0; node < NODES; node++) {
            long token = Long.MIN_VALUE / NODES * (NODES - node);
            commands.add(CassandraServer.prepare(
                    home.resolve("node" + node),
                    host(node),
                    ports,
                    home.resolve(node + ".log"),
                    token,
                    addresses(ports.storage())));
        }
    }

    /** Starts all nodes and waits until each takes clients. */
    public static CassandraCluster start(Path home) {
        CassandraCluster cluster = new CassandraCluster(home, CassandraServer.Ports.free());
        try {
            cluster.commands.forEach(command -> cluster.nodes.add(ServerProcess.start(command)));
            cluster.nodes.forEach(node -> node.awaitReady(START_PATIENCE));
            return cluster;
        } catch (RuntimeException failure) {
            cluster.close();
            throw failure;
        }
    }

    /** Where a node takes clients. */
    public InetSocketAddress contactPoint(int node) {
        return new InetSocketAddress(host(node), ports.cql());
    }

    /** All of them, as the configuration writes them. */
    public String contactPoints() {
        return addresses(ports.cql());
    }

    /** As {@code kill -9}. */
    public void kill(int node) {
        nodes.get(node).kill();
    }

    /** Starts a node that was killed, with its data, and waits until it takes clients. */
    public void restart(int node) {
        nodes.set(node, ServerProcess.start(commands.get(node)));
        nodes.get(node).awaitReady(START_PATIENCE);
    }

    @Override
    public void close() {
        nodes.forEach(ServerProcess::kill);
    }

    private static String addresses(int port) {
        return IntStream.range(0, NODES)
                .mapToObj(node -> host(node) + ":" + port)
                .collect(Collectors.joining(","));
    }

    private static String host(int node) {
        return "127.0.0." + (node + 1);
    }
}
