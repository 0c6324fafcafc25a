package io.bifocal.core.reconciliation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * A number that moved, and why. {@code before} plus all deltas is {@code after}, to the last digit, where absent counts as 0.
 *
 * @param at when it was published
 * @param generation in force since then
 * @param bucket of the rollup, its start
 * @param dimensions values by name
 * @param before the value as answers show it; null where there was none
 * @param after the same, now
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Restatement(
        Instant at,
        long generation,
        String rollup,
        String metric,
        Instant bucket,
        JsonNode dimensions,
        JsonNode before,
        JsonNode after,
        List<Contribution> causes) {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * What one cause did to the number.
     *
     * @param delta null where values are no numbers
     */
    public record Contribution(Cause cause, BigDecimal delta) {}

    public String json() {
        return write(this);
    }

    /** Which number it is, as JSON: the same for all of its restatements, and for no other number's. */
    public String number(String model) {
        record Which(String model, String rollup, String metric, Instant bucket, JsonNode dimensions) {}

        return write(new Which(model, rollup, metric, bucket, dimensions));
    }

    private static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Reads what {@link #json} wrote. */
    public static Restatement of(String json) {
        try {
            return MAPPER.readValue(json, Restatement.class);
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException("not a restatement: " + broken.getOriginalMessage(), broken);
        }
    }

    /** A value or an object of values as JSON, decimals with all their digits. */
    public static JsonNode node(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException("not JSON: " + broken.getOriginalMessage(), broken);
        }
    }
}
