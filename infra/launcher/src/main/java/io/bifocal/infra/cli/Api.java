package io.bifocal.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.infra.up.PortRecord;
import io.bifocal.infra.up.UpRecord;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The platform's HTTP API. Refusals are {@link ApiProblem}; when nobody answers, that is UNAVAILABLE. */
final class Api {
    /** Numbers keep all of their digits. */
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final String BASE = "/api/v1";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final int FIRST_FAILURE = 400;

    private final URI url;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();

    Api(URI url) {
        this.url = url;
    }

    JsonNode get(String path) {
        return json(send(request(path).GET()));
    }

    JsonNode get(String path, Duration timeout) {
        return json(send(request(path).GET().timeout(timeout)));
    }

    JsonNode delete(String path) {
        return json(send(request(path).DELETE()));
    }

    JsonNode post(String path, JsonNode body) {
        return json(send(posting(path, body)));
    }

    /** A retry with the same key finds what the first request made. */
    JsonNode post(String path, JsonNode body, String idempotencyKey) {
        return json(send(posting(path, body).header("Idempotency-Key", idempotencyKey)));
    }

    /** The answer's text as it is, in the form that {@code accept} names. */
    String post(String path, JsonNode body, MediaType accept) {
        return send(posting(path, body).header("Accept", accept.text()));
    }

    JsonNode put(String path, String body, MediaType type) {
        return json(send(request(path).header("Content-Type", type.text()).PUT(BodyPublishers.ofString(body))));
    }

    /** Forms in which bodies are sent and asked for. */
    enum MediaType {
        JSON("application/json"),
        CSV("text/csv"),
        YAML("application/yaml");

        private final String text;

        MediaType(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** A name as one segment of a path. */
    static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static JsonNode json(String text) {
        try {
            return text.isEmpty() ? JSON.missingNode() : JSON.readTree(text);
        } catch (JsonProcessingException notJson) {
            throw Errors.of(
                    ErrorCode.INTERNAL,
                    "The answer is not JSON: " + text.substring(0, Math.min(200, text.length())),
                    "Check that --url is the platform's.",
                    notJson);
        }
    }

    private HttpRequest.Builder posting(String path, JsonNode body) {
        return request(path)
                .header("Content-Type", MediaType.JSON.text())
                .POST(BodyPublishers.ofString(body.toString()));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(url.resolve(BASE + path)).timeout(TIMEOUT);
    }

    private String send(HttpRequest.Builder builder) {
        try {
            HttpResponse<String> response = http.send(builder.build(), BodyHandlers.ofString());
            if (response.statusCode() >= FIRST_FAILURE) {
                throw new ApiProblem(response.statusCode(), problem(response));
            }
            return response.body();
        } catch (IOException failure) {
            boolean runs = PortRecord.ofUser()
                    .home(url)
                    .flatMap(UpRecord::read)
                    .filter(UpRecord::alive)
                    .isPresent();
            throw Errors.of(
                    ErrorCode.UNAVAILABLE,
                    "Nobody answers at " + url + " (" + failure + ").",
                    runs
                            ? "The platform is starting, or restarts its API: ./bifocal status tells. Try again in a moment."
                            : "Start the platform with ./bifocal up --models DIR, or name another with --url.",
                    failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static JsonNode problem(HttpResponse<String> response) {
        try {
            JsonNode document = JSON.readTree(response.body());
            return document.isObject() ? document : JSON.createObjectNode().put("detail", response.body());
        } catch (JsonProcessingException notJson) {
            return JSON.createObjectNode().put("detail", "HTTP " + response.statusCode() + ": " + response.body());
        }
    }
}
