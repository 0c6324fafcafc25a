package io.bifocal.infra.up;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bifocal.core.config.Config;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Asks the serving layer how it is. */
final class HealthProbe {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int OK = 200;
    private static final JsonMapper JSON = new JsonMapper();

    private final URI base;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    HealthProbe(URI base) {
        this.base = base;
    }

    static HealthProbe of(Config config) {
        return new HealthProbe(url(config));
    }

    /** Where the serving layer of a configuration is reached from this machine. */
    static URI url(Config config) {
        String host = config.text(Config.Key.HTTP_HOST);
        return URI.create(
                "http://" + ("0.0.0.0".equals(host) ? "127.0.0.1" : host) + ":" + config.number(Config.Key.HTTP_PORT));
    }

    /** Whether the serving layer itself does its work. */
    boolean ready() {
        return answer("/q/health/ready").isPresent();
    }

    /** Whether it says that the whole platform does. */
    boolean platformReady() {
        return status().map(status -> status.path("ready").asBoolean()).orElse(false);
    }

    /** What it says about each model; empty while it knows none. */
    Optional<JsonNode> models() {
        return status().map(status -> status.path("models")).filter(models -> models.isArray() && !models.isEmpty());
    }

    private Optional<JsonNode> status() {
        return answer("/api/v1/status").flatMap(HealthProbe::json);
    }

    private static Optional<JsonNode> json(String text) {
        try {
            return Optional.of(JSON.readTree(text));
        } catch (JsonProcessingException notYet) {
            return Optional.empty();
        }
    }

    private Optional<String> answer(String path) {
        HttpRequest request =
                HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT).build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == OK ? Optional.of(response.body()) : Optional.empty();
        } catch (IOException notYet) {
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
