package io.bifocal.infra.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Three Cassandra nodes on loopback, for tests of what one node cannot show. */
public final class CassandraCluster implements AutoCloseable {
    public static final int NODES = 3;

    private static final Duration START_PATIENCE = Duration.ofMinutes(4);

    private final List<ServerCommand> commands;
    private final List<CassandraServer.Ports> ports;
    private final List<ServerProcess> nodes = new ArrayList<>();

    private CassandraCluster(List<CassandraServer.Ports> ports, List<ServerCommand> commands) {
        this.ports = ports;
        this.commands = commands;
    }

    /** Starts all nodes and waits until each takes clients. */
    public static CassandraCluster start(Path home) {
        List<CassandraServer.Ports> ports =
                Stream.generate(CassandraServer.Ports::free).limit(NODES).toList();
        List<ServerCommand> commands = new ArrayList<>();
        for (int node = 0; node < NODES; node++) {
            long token = Long.MIN_VALUE / NODES * (NODES - node); // evenly over half of the ring: all hold everything
            commands.add(CassandraServer.prepare(
                    home.resolve("node" + node), ports.get(node), home.resolve(node + ".log"), token, ports));
        }
        CassandraCluster cluster = new CassandraCluster(ports, commands);
        try {
            commands.forEach(command -> cluster.nodes.add(ServerProcess.start(command)));
            cluster.nodes.forEach(node -> node.awaitReady(START_PATIENCE));
            return cluster;
        } catch (RuntimeException failure) {
            cluster.close();
            throw failure;
        }
    }

    /** Where its nodes listen. */
    public List<CassandraServer.Ports> ports() {
        return ports;
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
}
