package io.bifocal.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerCommandTest {
    @Test
    void aServerInheritsTheEnvironmentWithoutTheSettingsInIt() {
        Map<String, String> environment =
                new HashMap<>(Map.of("PATH", "/bin", "BIFOCAL_HTTP_PORT", "1", "BIFOCAL_JAVA_OPTS", "-Xmx1g"));

        ServerCommand.prepare(environment, Map.of("MALLOC_ARENA_MAX", "2"));

        assertThat(environment)
                .containsOnly(
                        Map.entry("PATH", "/bin"),
                        Map.entry("BIFOCAL_JAVA_OPTS", "-Xmx1g"),
                        Map.entry("MALLOC_ARENA_MAX", "2"));
    }
}
