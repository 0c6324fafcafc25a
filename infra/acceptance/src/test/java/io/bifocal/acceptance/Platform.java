package io.bifocal.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The platform as its user has it: {@code ./bifocal up} in a home of its own, the command line, and HTTP. */
final class Platform implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration PATIENCE = Duration.ofMinutes(20);

    private final Path home;
    private final Path models;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();
    private Process up;

    /**
     * @param directory where it has its home, and its models
     * @param resources model files
     */
    Platform(Path directory, String... resources) {
        this.home = directory.resolve("home");
        this.models = directory.resolve("models");
        this.port = freePort();
        try {
            Files.createDirectories(models);
            for (String resource : resources) {
                try (InputStream file = Platform.class.getResourceAsStream(resource)) {
                    Files.copy(
                            file, models.resolve(Path.of(resource).getFileName().toString()));
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What a command printed, and how it ended. */
    record Result(int exit, String out, String err) {
        JsonNode json() {
            return parse(out);
        }
    }

    void start() {
        up = launch(
                home.resolve("up.out"),
                home.resolve("up.err"),
                "up",
                "--models",
                models.toString(),
                "--home",
                home.toString(),
                "--port",
                Integer.toString(port));
        await("the platform to be ready")
                .atMost(START)
                .pollInterval(Duration.ofSeconds(2))
                .until(() -> {
                    assertThat(up.isAlive())
                            .as("up is alive; it said:%n%s", read(home.resolve("up.err")))
                            .isTrue();
                    return ready();
                });
    }

    private boolean ready() {
        Result status = tryRun("status", "--url", url(), "--output", "json");
        return status.exit() == 0 && status.json().path("ready").asBoolean();
    }

    /** As the machine's memory killer would: no part gets to say goodbye. */
    void kill() {
        up.destroyForcibly();
        waitFor(up);
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** What its parts were started with, as its home records it. */
    Properties settings() {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(home.resolve("run/platform.properties"))) {
            properties.load(reader);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return properties;
    }

    /** Of the Kafka that this platform started. */
    String bootstrapServers() {
        return settings().getProperty("kafka.bootstrap-servers");
    }

    Path models() {
        return models;
    }

    Path home() {
        return home;
    }

    /** Runs a command that must succeed. */
    Result run(String... arguments) {
        Result result = tryRun(arguments);
        assertThat(result.exit())
                .as("exit of %s%n%s%n%s", List.of(arguments), result.out(), result.err())
                .isZero();
        return result;
    }

    Result tryRun(String... arguments) {
        try {
            Path out = Files.createTempFile("bifocal", ".out");
            Path err = Files.createTempFile("bifocal", ".err");
            Process process = launch(out, err, arguments);
            waitFor(process, out, err);
            Result result = new Result(process.exitValue(), read(out), read(err));
            Files.delete(out);
            Files.delete(err);
            return result;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Starts a command and leaves it running. */
    Process background(String name, String... arguments) {
        return launch(home.resolve(name + ".out"), home.resolve(name + ".err"), arguments);
    }

    private static Process launch(Path out, Path err, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Repository.ROOT.resolve("bifocal").toString());
        command.addAll(List.of(arguments));
        try {
            Files.createDirectories(out.getParent());
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
            // As docs/CONFIGURATION.md advises for a laptop: jobs of tests are small.
            builder.environment().put("BIFOCAL_SPARK_JVM_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
            return builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    JsonNode query(String json) {
        HttpResponse<String> response = post("/api/v1/query", json);
        assertThat(response.statusCode())
                .as("status of %s: %s", json, response.body())
                .isEqualTo(200);
        return parse(response.body());
    }

    HttpResponse<String> post(String path, String body) {
        return send(HttpRequest.newBuilder(URI.create(url() + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    JsonNode get(String path) {
        HttpResponse<String> response =
                send(HttpRequest.newBuilder(URI.create(url() + path)).build());
        assertThat(response.statusCode())
                .as("status of %s: %s", path, response.body())
                .isEqualTo(200);
        return parse(response.body());
    }

    /** What a resource is in some form, as it came. */
    String text(String path, String accept) {
        HttpResponse<String> response = send(HttpRequest.newBuilder(URI.create(url() + path))
                .header("Accept", accept)
                .build());
        assertThat(response.statusCode())
                .as("status of %s: %s", path, response.body())
                .isEqualTo(200);
        return response.body();
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        if (up != null && up.isAlive()) {
            up.destroy();
            waitFor(up);
        }
    }

    /**
     * Waits for the end of a process, which machines that do much else reach late.
     *
     * @param output files that tell how far it came, where it does not end
     */
    static void waitFor(Process process, Path... output) {
        try {
            if (!process.waitFor(PATIENCE.toMinutes(), TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IllegalStateException("still running after %s: %s%n%s"
                        .formatted(
                                PATIENCE,
                                process.info(),
                                Arrays.stream(output).map(Platform::read).collect(Collectors.joining("\n"))));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException failure) {
            throw new UncheckedIOException(json, failure);
        }
    }

    static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
