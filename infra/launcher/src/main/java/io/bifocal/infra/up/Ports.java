package io.bifocal.infra.up;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.infra.local.FreePorts;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Ports of the servers that {@code up} starts: free ones at the first start, and the same ever after as long as they are
 * free, because clients that ride out a restart hold on to them. Nothing else does: the servers are told their ports, and
 * their data holds none.
 */
final class Ports {
    /** A process that was just killed may still hold its port. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final long POLL_MILLIS = 100;
    private static final int MAX_PORT = 65_535;

    private final Map<String, Integer> ports;

    private Ports(Map<String, Integer> ports) {
        this.ports = ports;
    }

    /** Those that the file records; chosen anew, told and recorded are those of new names, and those that others listen on. */
    static Ports of(Path file, List<String> names, Console console) {
        Properties recorded = read(file);
        Properties before = (Properties) recorded.clone();
        for (String name : names) {
            recorded.setProperty(name, Integer.toString(port(name, recorded.getProperty(name), console)));
        }
        if (!recorded.equals(before)) {
            write(file, recorded);
        }
        Map<String, Integer> ports = new TreeMap<>();
        names.forEach(name -> ports.put(name, Integer.parseInt(recorded.getProperty(name))));
        return new Ports(ports);
    }

    private static int port(String name, String recorded, Console console) {
        if (recorded == null) {
            return FreePorts.next();
        }
        int port = Integer.parseInt(recorded);
        if (becomesFree(port)) {
            return port;
        }
        int next = FreePorts.next();
        console.say("Port " + port + ", recorded for " + name + ", is in use by " + PortOwner.describe(port)
                + "; it gets " + next + " instead. Start clients that know the old one again.");
        return next;
    }

    private static boolean becomesFree(int port) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!FreePorts.free(port)) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
        }
        return true;
    }

    int port(String name) {
        return ports.get(name);
    }

    /** Refuses, naming it, a port of the loopback interface that somebody listens on, and a number that no port has. */
    static void requireFree(int port, String what, String remedy) {
        if (port < 1 || port > MAX_PORT) {
            throw Errors.of(
                    ErrorCode.BAD_CONFIG,
                    "There is no port " + port + ", for " + what + ".",
                    "Give one from 1 to " + MAX_PORT + ".",
                    Map.of("port", port));
        }
        if (!FreePorts.free(port)) {
            throw Errors.of(
                    ErrorCode.PORT_IN_USE,
                    "Port " + port + ", for " + what + ", is in use by " + PortOwner.describe(port) + ".",
                    remedy,
                    Map.of("port", port));
        }
    }

    private static Properties read(Path file) {
        Properties properties = new Properties();
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
        return properties;
    }

    private static void write(Path file, Properties properties) {
        StringWriter text = new StringWriter();
        try {
            properties.store(text, "Ports of this home's servers; delete a line to have another one chosen.");
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        AtomicFiles.write(file, text.toString());
    }
}
