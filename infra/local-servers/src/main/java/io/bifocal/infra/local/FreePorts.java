package io.bifocal.infra.local;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/** Ports on loopback that nobody listens on. */
public final class FreePorts {
    /** Below what operating systems take for outgoing connections: a server that restarts must find its port free. */
    private static final int LOWEST = 15_000;

    private static final int HIGHEST = 32_000;
    private static final int ATTEMPTS = 200;
    private static final Random RANDOM = new SecureRandom();
    private static final Set<Integer> TAKEN = new HashSet<>();

    private FreePorts() {}

    /** A free port, which this process does not get again. */
    public static synchronized int next() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = LOWEST + RANDOM.nextInt(HIGHEST - LOWEST);
            if (free(port) && TAKEN.add(port)) {
                return port;
            }
        }
        throw Errors.of(
                ErrorCode.PORT_IN_USE,
                "Found no free port between " + LOWEST + " and " + HIGHEST + ".",
                "End processes that listen there.");
    }

    /** Whether nobody listens on a port of loopback. */
    public static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException inUse) {
            return false;
        }
    }
}
