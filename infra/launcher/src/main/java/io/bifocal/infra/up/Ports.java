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
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Ports of the servers that {@code up} starts: free ones at the first start, the same ever after, because data directories
 * and clients that ride out a restart hold on to them.
 */
final class Ports {
    private final Map<String, Integer> ports;

    private Ports(Map<String, Integer> ports) {
        this.ports = ports;
    }

    /** Those that the file records; new ones are chosen for further names, and recorded. */
    static Ports of(Path file, List<String> names) {
        Properties recorded = read(file);
        List<String> missing = names.stream()
                .filter(name -> recorded.getProperty(name) == null)
                .toList();
        missing.forEach(name -> recorded.setProperty(name, Integer.toString(FreePorts.next())));
        if (!missing.isEmpty()) {
            write(file, recorded);
        }
        Map<String, Integer> ports = new TreeMap<>();
        names.forEach(name -> ports.put(name, Integer.parseInt(recorded.getProperty(name))));
        return new Ports(ports);
    }

    int port(String name) {
        return ports.get(name);
    }

    /** Refuses, naming it, a port of the loopback interface that somebody listens on. */
    static void requireFree(int port, String what, String remedy) {
        if (!FreePorts.free(port)) {
            throw Errors.of(
                    ErrorCode.PORT_IN_USE,
                    "Port " + port + ", for " + what + ", is in use by another process.",
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
