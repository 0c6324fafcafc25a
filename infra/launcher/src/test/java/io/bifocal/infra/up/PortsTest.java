package io.bifocal.infra.up;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTest {
    @TempDir
    private Path directory;

    private final List<String> told = new ArrayList<>();

    @Test
    void aHomeKeepsItsPorts() {
        Path file = directory.resolve("ports.properties");

        Ports first = Ports.of(file, List.of("kafka", "cassandra"), told::add);
        Ports second = Ports.of(file, List.of("kafka", "cassandra", "third"), told::add);

        assertThat(first.port("kafka")).isNotEqualTo(first.port("cassandra"));
        assertThat(second.port("kafka")).isEqualTo(first.port("kafka"));
        assertThat(second.port("cassandra")).isEqualTo(first.port("cassandra"));
        assertThat(second.port("third")).isPositive();
        assertThat(told).isEmpty();
    }

    @Test
    void aPortThatAnotherListensOnIsChosenAnewAndKept() throws IOException {
        Path file = directory.resolve("ports.properties");
        Ports first = Ports.of(file, List.of("kafka", "cassandra"), told::add);
        int taken = first.port("kafka");

        Ports second;
        try (ServerSocket other = new ServerSocket(taken, 1, InetAddress.getLoopbackAddress())) {
            assertThat(other.getLocalPort()).isEqualTo(taken);
            second = Ports.of(file, List.of("kafka", "cassandra"), told::add);
        }

        assertThat(second.port("kafka")).isNotEqualTo(taken);
        assertThat(second.port("cassandra")).isEqualTo(first.port("cassandra"));
        assertThat(told)
                .singleElement(as(STRING))
                .startsWith("Port " + taken + ", recorded for kafka, is in use by ")
                .contains("it gets " + second.port("kafka") + " instead");
        assertThat(Ports.of(file, List.of("kafka"), told::add).port("kafka")).isEqualTo(second.port("kafka"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void knowsWhoListensOnAPort() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(PortOwner.of(server.getLocalPort())).contains(ProcessHandle.current());
            assertThat(PortOwner.describe(server.getLocalPort()))
                    .isEqualTo("process " + ProcessHandle.current().pid() + " (java)");
        }
    }

    @Test
    void namesAPortInUse() throws IOException {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
            assertThatThrownBy(() -> Ports.requireFree(port, "the API", "Give another."))
                    .hasMessage("Port " + port + ", for the API, is in use by " + PortOwner.describe(port) + ".");
        }
        assertThatCode(() -> Ports.requireFree(port, "the API", "Give another."))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65_536})
    void refusesANumberThatNoPortHas(int port) {
        assertThatThrownBy(() -> Ports.requireFree(port, "the API", "Give another."))
                .isInstanceOfSatisfying(BifocalException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.BAD_CONFIG);
                    assertThat(refused).hasMessage("There is no port " + port + ", for the API.");
                });
    }
}
