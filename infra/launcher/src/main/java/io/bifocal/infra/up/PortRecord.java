package io.bifocal.infra.up;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the home of the platform behind a port of this machine: {@code up} leaves it in a directory of its user. */
public final class PortRecord {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

    private final Path directory;

    public PortRecord(Path directory) {
        this.directory = directory;
    }

    /** Of the current user: under {@code XDG_STATE_HOME}, by default {@code ~/.local/state}. */
    public static PortRecord ofUser() {
        return ofUser(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    static PortRecord ofUser(Map<String, String> environment, Path userHome) {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        Path base = state.isEmpty() ? userHome.resolve(".local/state") : Path.of(state);
        return new PortRecord(base.resolve("bifocal").resolve("ports"));
    }

    /** The home behind a URL of this machine; empty for one that no {@code up} of this user serves. */
    public Optional<Home> home(URI url) {
        boolean local = url.getHost() != null && LOOPBACK.contains(url.getHost());
        return local && url.getPort() > 0 ? home(url.getPort()) : Optional.empty();
    }

    Optional<Home> home(int port) {
        Path file = file(port);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Home(Path.of(Files.readString(file).strip())));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    void write(int port, Home home) {
        AtomicFiles.write(file(port), home.root() + System.lineSeparator());
    }

    /** Removes the record, unless another platform has taken the port meanwhile. */
    void forget(int port, Home home) {
        try {
            if (home(port).filter(home::equals).isPresent()) {
                Files.deleteIfExists(file(port));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Path file(int port) {
        return directory.resolve(Integer.toString(port));
    }
}
