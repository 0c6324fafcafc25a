package io.bifocal.serving.operation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.core.config.Config;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What the launcher wrote about the platform's processes, where one started this server. */
@Singleton
class PartsFile {
    private final Path file;
    private final ObjectMapper json = new ObjectMapper();

    PartsFile(Config config) {
        this.file = Path.of(config.text(Config.Key.HOME)).resolve("run").resolve("up.json");
    }

    /**
     * A process of the platform.
     *
     * @param pid null while it has none
     * @param state UP, STARTING, RESTARTING or DOWN
     */
    public record PartStatus(String name, @Schema(nullable = true) Long pid, String state) {}

    /** As of the launcher's last word; empty where there is no launcher. */
    List<PartStatus> read() {
        List<PartStatus> parts = new ArrayList<>();
        try {
            for (JsonNode part : json.readTree(Files.readString(file)).path("parts")) {
                parts.add(new PartStatus(
                        part.path("name").asText(),
                        part.hasNonNull("pid") ? part.get("pid").longValue() : null,
                        part.path("state").asText()));
            }
        } catch (IOException absent) {
            return List.of();
        }
        return parts;
    }
}
