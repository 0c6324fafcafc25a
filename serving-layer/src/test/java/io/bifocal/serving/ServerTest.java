package io.bifocal.serving;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import io.bifocal.core.model.Definition;
import io.bifocal.core.model.ModelFile;
import io.bifocal.core.model.ValueType;
import io.bifocal.infra.local.PythonEnvironment;
import io.bifocal.serving.catalog.ModelApplication;
import io.bifocal.serving.storage.Storage;
import io.quarkus.test.common.WithTestResource;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;

/** What tests of the running server have in common. */
@WithTestResource(RealServers.class)
public abstract class ServerTest {
    /** Scripts of tests. */
    protected static final Path PYTHON = Path.of("src", "test", "python");

    @Inject
    protected Storage storage;

    @Inject
    protected ModelApplication application;

    @BeforeEach
    void connected() {
        await().atMost(60, SECONDS).until(storage::connected);
    }

    /** A program of an environment of Python with what src/test/python/requirements.txt pins. */
    protected static Path python(String program) {
        return new PythonEnvironment(
                        Path.of("target", "python").toAbsolutePath(), List.of(PYTHON.resolve("requirements.txt")))
                .program(program);
    }

    /** What answers a POST with these headers and no others: RestAssured adds some of its own. */
    protected static HttpResponse<String> postBare(String path, byte[] body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(RestAssured.baseURI + ":" + RestAssured.port + path))
                .version(HttpClient.Version.HTTP_1_1)
                .POST(BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    /** A name that no other test uses. */
    protected static String unique() {
        return "visits_" + UUID.randomUUID().toString().substring(0, 8);
    }

    protected static String yaml(String model) {
        return """
                version: 1
                model: %1$s
                description: visits of pages
                source: {topic: %1$s, format: json}
                time: {column: at}
                columns: {at: timestamp, page: string}
                dimensions: [{name: page, expr: page}]
                metrics: [{name: visits, type: simple, agg: count, unit: views}]
                rollups: [{name: by_page, granularity: minute, dimensions: [page]}]
                """
                .formatted(model);
    }

    /** As Spark would analyse {@link #yaml}. */
    protected static Definition definition(String yaml) {
        return new Definition(ModelFile.parse("model.yml", yaml), Map.of("page", ValueType.STRING), Map.of());
    }

    /** Puts a new model of visits in force. */
    protected String model() {
        String name = unique();
        application.put(definition(yaml(name)));
        return name;
    }
}
