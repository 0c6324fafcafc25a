package io.bifocal.serving.openapi;

import static io.bifocal.core.query.Shop.sale;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.core.query.Shop;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.reconciliation.Restatement;
import io.bifocal.core.reconciliation.Restatement.Contribution;
import io.bifocal.serving.ServerTest;
import io.bifocal.serving.catalog.ModelExample;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What /q/openapi says is so: its examples work, and generated requests find no answer that it does not describe. */
@QuarkusTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DescribedApiTest extends ServerTest {
    /** They answer for as long as somebody listens. */
    private static final String ENDLESS = "/(stream|events)$";

    private static final int SEED = 20_261_121;

    @TestHTTPResource("/q/openapi?format=json")
    URI description;

    private JsonNode api;

    @BeforeAll
    void seed() {
        await().atMost(60, SECONDS).until(storage::connected);
        application.put(definition(ModelExample.YAML));
        application.put(Shop.definition("retail", List.of()));
        new Shop(storage.manifests(), storage.views(), Shop.definition("retail", List.of()))
                .live(sale("2010-12-01T10:00:00Z", "France", 2), sale("2010-12-02T10:00:00Z", "Germany", 3))
                .recompute();
        restate();
    }

    /** A number, and a text, that came to be. */
    private void restate() {
        storage.reconciliations()
                .writing("retail", "1")
                .write(List.of(
                        restated("revenue", "12.50", new BigDecimal("12.50")),
                        restated("first_buyer", "\"ann\"", null)));
        storage.reconciliations()
                .publish(
                        "retail",
                        new Reconciliation(
                                "1",
                                Instant.EPOCH,
                                1,
                                "generation",
                                2,
                                Map.of(Cause.LATE_EVENTS.text(), 2L),
                                List.of(),
                                Optional.empty()));
    }

    private static Restatement restated(String metric, String after, BigDecimal delta) {
        return new Restatement(
                Instant.EPOCH,
                1,
                "by_country",
                metric,
                Instant.EPOCH,
                Restatement.node("{\"country\": null}"),
                Restatement.node("null"),
                Restatement.node(after),
                List.of(new Contribution(Cause.LATE_EVENTS, delta)));
    }

    /** Not before all: only now does the client know the server's port. */
    @BeforeEach
    void read() throws IOException {
        api = new ObjectMapper().readTree(given().get(description).asByteArray());
    }

    @Test
    void givesExamplesThatWork() {
        List<String> failures = new ArrayList<>();
        int sent = 0;
        for (Map.Entry<String, JsonNode> path : api.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (path.getKey().startsWith("/api/")
                        && !path.getKey().matches(".*" + ENDLESS)
                        && !operation.getKey().equals("parameters")) {
                    sent += send(operation.getKey(), path.getKey(), operation.getValue(), failures);
                }
            }
        }
        assertThat(failures).isEmpty();
        assertThat(sent).isGreaterThan(20);
    }

    @Test
    void isKeptToUnderGeneratedRequests() throws IOException, InterruptedException {
        System.out.println("schemathesis seed " + SEED);
        Path output = Path.of("target", "schemathesis.txt");
        ProcessBuilder schemathesis = new ProcessBuilder(
                        python("schemathesis").toString(),
                        "run",
                        description.toString(),
                        "--seed",
                        Integer.toString(SEED),
                        "--max-examples",
                        "4",
                        "--phases",
                        "examples,coverage,fuzzing",
                        // A text that no schema can tell from a name is refused all the same, so not the checks of what
                        // is accepted.
                        "--checks",
                        "not_a_server_error,status_code_conformance,content_type_conformance,"
                                + "response_headers_conformance,response_schema_conformance",
                        "--exclude-path-regex",
                        ENDLESS,
                        "--request-timeout",
                        "60",
                        "--suppress-health-check",
                        "all",
                        "--no-shrink",
                        "--no-color")
                .directory(Path.of("target").toFile()) // where it leaves files behind
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        schemathesis
                .environment()
                .put(
                        "SCHEMATHESIS_HOOKS",
                        PYTHON.resolve("media_types.py").toAbsolutePath().toString());
        Process process = schemathesis.start();
        assertThat(process.waitFor(5, MINUTES)).as("ended in time").isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    }

    @Test
    void isShownToPeople() {
        given().get("/q/swagger-ui/").then().statusCode(200).body(containsString("swagger-ui"));
    }

    /** Sends each example of an operation; those without a body are sent once. */
    private static int send(String method, String path, JsonNode operation, List<String> failures) {
        JsonNode content = operation.path("requestBody").path("content");
        if (content.isMissingNode()) {
            check(method, path, operation, request(path, operation), failures);
            return 1;
        }
        int sent = 0;
        for (Map.Entry<String, JsonNode> type : content.properties()) {
            for (JsonNode example : type.getValue().path("examples")) {
                JsonNode value = example.path("value");
                RequestSpecification request = request(path, operation)
                        .header("Content-Type", type.getKey())
                        .body((value.isTextual() ? value.asText() : value.toString()).getBytes(UTF_8));
                check(method, path, operation, request, failures);
                sent++;
            }
        }
        if (sent == 0) {
            failures.add(method + " " + path + " has a body and no example of it");
        }
        return sent;
    }

    private static void check(
            String method, String path, JsonNode operation, RequestSpecification request, List<String> failures) {
        Response response = request.request(method, path);
        if (response.statusCode() >= 300 || !operation.path("responses").has(Integer.toString(response.statusCode()))) {
            failures.add(method + " " + path + " answered " + response.statusCode() + " " + response.asString());
        }
    }

    private static RequestSpecification request(String path, JsonNode operation) {
        // The colon of a custom method is no part to be encoded.
        RequestSpecification request = given().urlEncodingEnabled(!path.contains(":"));
        for (JsonNode parameter : operation.path("parameters")) {
            String name = parameter.path("name").asText();
            example(parameter).ifPresent(value -> {
                if (parameter.path("in").asText().equals("path")) {
                    request.pathParam(name, value);
                } else if (parameter.path("in").asText().equals("query")) {
                    request.queryParam(name, value);
                }
            });
        }
        return request;
    }

    /** A new one, so that none of them has ended. */
    private static String job() {
        return given().contentType("application/json")
                .body("{\"type\": \"recompute\", \"model\": \"retail\"}")
                .post("/api/v1/jobs")
                .path("id");
    }

    /** A new one, so that none of them was deleted. */
    private static String schedule() {
        String name = unique();
        given().contentType("application/json")
                .body("{\"job\": {\"type\": \"reconcile\", \"model\": \"retail\"}, \"cron\": \"0 3 * * *\"}")
                .put("/api/v1/schedules/" + name)
                .then()
                .statusCode(200);
        return name;
    }

    private static Optional<String> example(JsonNode parameter) {
        if (parameter.has("example")) {
            return Optional.of(parameter.get("example").asText());
        }
        return switch (parameter.path("name").asText()) {
            case "model" -> Optional.of("retail");
            case "version" -> Optional.of("1");
            case "id" -> Optional.of(job());
            case "name" -> Optional.of(schedule());
            default -> Optional.empty();
        };
    }
}
