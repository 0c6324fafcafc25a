package io.bifocal.infra.up;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Optional;

/**
 * What the platform said about its models, for the time when it says nothing.
 *
 * @param at when it did
 * @param models an array, as the API's status has it
 */
public record ModelRecord(Instant at, JsonNode models) {
    private static final JsonMapper JSON = new JsonMapper();

    /** The record in a home; empty where none was ever written, or it cannot be read. */
    public static Optional<ModelRecord> read(Home home) {
        try {
            JsonNode record = JSON.readTree(Files.readString(home.modelRecord()));
            return Optional.of(new ModelRecord(Instant.parse(record.path("at").asText()), record.path("models")));
        } catch (IOException | RuntimeException absentOrUnreadable) {
            return Optional.empty();
        }
    }

    void write(Home home) {
        ObjectNode record = JSON.createObjectNode().put("at", at.toString());
        record.set("models", models);
        try {
            AtomicFiles.write(home.modelRecord(), JSON.writeValueAsString(record));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
