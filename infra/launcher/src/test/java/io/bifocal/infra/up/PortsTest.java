package io.bifocal.infra.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {
    @TempDir
    private Path directory;

    @Test
    void aHomeKeepsItsPorts() {
        Path file = directory.resolve("ports.properties");

        Ports first = Ports.of(file, List.of("kafka", "cassandra"));
        Ports second = Ports.of(file, List.of("kafka", "cassandra", "third"));

        assertThat(first.port("kafka")).isNotEqualTo(first.port("cassandra"));
        assertThat(second.port("kafka")).isEqualTo(first.port("kafka"));
        assertThat(second.port("cassandra")).isEqualTo(first.port("cassandra"));
        assertThat(second.port("third")).isPositive();
    }

    @Test
    void namesAPortInUse() throws IOException {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
            assertThatThrownBy(() -> Ports.requireFree(port, "the API", "Give another."))
                    .hasMessage("Port " + port + ", for the API, is in use by another process.");
        }
        assertThatCode(() -> Ports.requireFree(port, "the API", "Give another."))
                .doesNotThrowAnyException();
    }
}
