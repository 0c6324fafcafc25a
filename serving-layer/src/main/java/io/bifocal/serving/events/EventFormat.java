package io.bifocal.serving.events;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How events stand in a request's body. An event is a JSON object; what is in it is checked by the layers behind Kafka. */
enum EventFormat {
    /** One object a line; blank lines are skipped. */
    NDJSON {
        @Override
        EventBatch read(byte[] body) {
            EventBatch.Builder batch = new EventBatch.Builder();
            int line = 0;
            for (int start = 0; start < body.length; ) {
                int end = start;
                while (end < body.length && body[end] != '\n') {
                    end++;
                }
                line++;
                byte[] value = trimmed(body, start, end);
                if (value.length > 0) {
                    int at = line;
                    fault(value).ifPresentOrElse(reason -> batch.reject(at, reason), () -> batch.add(at, value));
                }
                start = end + 1;
            }
            return batch.build();
        }
    },
    /** One object. */
    JSON {
        @Override
        EventBatch read(byte[] body) {
            fault(body).ifPresent(reason -> {
                throw broken("The body is not one JSON object: " + reason);
            });
            return one(body);
        }
    },
    /** One CloudEvents envelope around an event. */
    CLOUD_EVENT {
        @Override
        EventBatch read(byte[] body) {
            try {
                return one(payload(tree(body)));
            } catch (IllegalArgumentException fault) {
                throw broken("The body is not a CloudEvent: " + fault.getMessage());
            }
        }
    },
    /** An array of CloudEvents envelopes. */
    CLOUD_EVENTS {
        @Override
        EventBatch read(byte[] body) {
            JsonNode array = tree(body);
            if (!array.isArray()) {
                throw broken("The body is not a JSON array of CloudEvents.");
            }
            return envelopes(array);
        }
    };

    private static final JsonFactory TOKENS = new JsonFactory();
    /** Numbers keep all their digits on the way through an envelope. */
    private static final ObjectMapper TREES = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** What a CloudEvent must have beside its version. */
    static final List<String> ATTRIBUTES = List.of("id", "source", "type");

    /**
     * Splits a body into events.
     *
     * @throws io.bifocal.core.error.BifocalException BAD_REQUEST where the body as a whole is not of this format
     */
    abstract EventBatch read(byte[] body);

    /** The format that a media type without its parameters names. */
    static EventFormat of(String type, String subtype) {
        return switch (type + "/" + subtype) {
            case "application/json" -> JSON;
            case "application/cloudevents+json" -> CLOUD_EVENT;
            case "application/cloudevents-batch+json" -> CLOUD_EVENTS;
            default -> NDJSON;
        };
    }

    private static EventBatch one(byte[] value) {
        EventBatch.Builder batch = new EventBatch.Builder();
        batch.add(1, value);
        return batch.build();
    }

    private static EventBatch envelopes(JsonNode array) {
        EventBatch.Builder batch = new EventBatch.Builder();
        for (int i = 0; i < array.size(); i++) {
            try {
                batch.add(i + 1, payload(array.get(i)));
            } catch (IllegalArgumentException fault) {
                batch.reject(i + 1, fault.getMessage());
            }
        }
        return batch.build();
    }

    private static byte[] payload(JsonNode envelope) {
        if (!envelope.isObject()) {
            throw new IllegalArgumentException("not a JSON object");
        }
        if (!envelope.path("specversion").asText().equals("1.0")) {
            throw new IllegalArgumentException("specversion is not \"1.0\"");
        }
        for (String attribute : ATTRIBUTES) {
            if (envelope.path(attribute).asText().isEmpty()) {
                throw new IllegalArgumentException(attribute + " is missing");
            }
        }
        byte[] value = bytes(envelope);
        fault(value).ifPresent(reason -> {
            throw new IllegalArgumentException("its data is not one JSON object: " + reason);
        });
        return value;
    }

    private static byte[] bytes(JsonNode envelope) {
        try {
            if (!envelope.hasNonNull("data_base64")) {
                return TREES.writeValueAsBytes(envelope.path("data"));
            }
            if (!envelope.get("data_base64").isTextual()) {
                throw new IllegalArgumentException("data_base64 is no text");
            }
            return envelope.get("data_base64").binaryValue();
        } catch (IOException broken) {
            throw new IllegalArgumentException("its data cannot be read: " + broken.getMessage(), broken);
        }
    }

    private static JsonNode tree(byte[] body) {
        try {
            return TREES.readTree(body);
        } catch (JsonProcessingException fault) {
            throw broken("The body is not JSON: " + fault.getOriginalMessage());
        } catch (IOException fault) {
            throw broken("The body is not JSON: " + fault.getMessage());
        }
    }

    static RuntimeException broken(String problem) {
        return Errors.of(ErrorCode.BAD_REQUEST, problem, "Send what the Content-Type says, or say what is sent.");
    }

    /** Why some bytes are not one JSON object; empty where they are. */
    private static Optional<String> fault(byte[] value) {
        if (value.length == 0) {
            return Optional.of("nothing");
        }
        try (JsonParser parser = TOKENS.createParser(value)) {
            JsonToken first = parser.nextToken();
            if (first != JsonToken.START_OBJECT) {
                return Optional.of(first == null ? "nothing" : "not a JSON object");
            }
            parser.skipChildren();
            return parser.nextToken() == null ? Optional.empty() : Optional.of("something follows the JSON object");
        } catch (JsonProcessingException fault) {
            return Optional.of("not JSON: " + fault.getOriginalMessage());
        } catch (IOException fault) {
            return Optional.of("not JSON: " + fault.getMessage());
        }
    }

    private static byte[] trimmed(byte[] body, int start, int end) {
        int from = start;
        int to = end;
        while (from < to && body[from] <= ' ' && body[from] >= 0) {
            from++;
        }
        while (to > from && body[to - 1] <= ' ' && body[to - 1] >= 0) {
            to--;
        }
        return from == to ? NOTHING : Arrays.copyOfRange(body, from, to);
    }

    private static final byte[] NOTHING = "".getBytes(StandardCharsets.UTF_8);
}
