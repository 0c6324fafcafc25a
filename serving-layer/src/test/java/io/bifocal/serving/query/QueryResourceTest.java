package io.bifocal.serving.query;

import static io.bifocal.core.query.Shop.sale;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;

import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Shop;
import io.bifocal.serving.ServerTest;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@QuarkusTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueryResourceTest extends ServerTest {
    private static final String JANUARY =
            """
            {"model": "shop", "metrics": ["sales", "revenue"], "dimensions": ["country"],
             "time": {"to": "2026-02-01T00:00:00Z"}}""";

    private Shop shop;

    @Inject
    MeterRegistry registry;

    @TestHTTPResource("/api/v1/query/stream?model=shop&metrics=sales&from=2026-06-01T00:00:00Z")
    URI stream;

    @BeforeAll
    void sell() {
        await().atMost(60, SECONDS).until(storage::connected);
        Definition definition = Shop.definition(List.of());
        application.put(definition);
        shop = new Shop(storage.manifests(), storage.views(), definition);
        shop.live(sale("2026-01-01T10:00:00Z", "FR", 1), sale("2026-01-02T10:00:00Z", "DE", 2))
                .recompute()
                .live(sale("2026-01-02T11:00:00Z", "DE", 2), sale("2026-01-02T11:00:00Z", null, 2));
    }

    @Test
    void answersInJson() {
        post(JANUARY)
                .then()
                .statusCode(200)
                .contentType("application/json")
                .body("data.country", contains("DE", "FR", null))
                .body("data.status", contains("mixed", "exact", "provisional"))
                .body("columns[2].unit", equalTo("GBP"))
                .body("meta.generation", equalTo(1))
                .body("meta.partial", equalTo(false));
    }

    @Test
    void refusesABodyThatIsCompressed() {
        given().contentType("application/json")
                .header("Content-Encoding", "gzip")
                .body(JANUARY)
                .post("/api/v1/query")
                .then()
                .statusCode(415);
    }

    @Test
    void explainsAQuery() {
        given().contentType("application/json")
                .body(JANUARY)
                .post("/api/v1/query?explain")
                .then()
                .statusCode(200)
                .contentType("application/json")
                .body("rollup", equalTo("london_days"))
                .body("partitions", equalTo(3))
                .body("rows", equalTo(4))
                .body("allowed", equalTo(true))
                .body("parts.role", contains("generation", "live"))
                .body("considered.rollup", contains("by_country", "by_sku", "london_days"));
    }

    @Test
    void tellsWhereANumberComesFrom() {
        given().queryParam("model", "shop")
                .queryParam("metric", "revenue")
                .queryParam("dimensions", "country")
                .queryParam("granularity", "day")
                .queryParam("to", "2026-02-01T00:00:00Z")
                .queryParam("cell", "country:DE", "time:2026-01-02T00:00:00Z")
                .get("/api/v1/lineage")
                .then()
                .statusCode(200)
                .body("value", equalTo(2.0f))
                .body("status", equalTo("mixed"))
                .body("rollup", equalTo("london_days"))
                .body("parts.role", contains("generation", "live"))
                .body("parts.value", contains(1.0f, 1.0f))
                .body("parts[0].archiveVersion", equalTo(1))
                .body("parts[0].to.'topic-1'.'0'", equalTo(2))
                .body("parts[1].from.'topic-1'.'0'", equalTo(2))
                .body("parts[1].stored.day", contains("2026-01-02"));
        given().queryParam("answer", post(JANUARY).<String>path("meta.answer"))
                .queryParam("metric", "sales")
                .queryParam("cell", "country")
                .get("/api/v1/lineage")
                .then()
                .statusCode(200)
                .body("value", equalTo(1))
                .body("status", equalTo("provisional"))
                .body("parts.role", contains("live"));
        given().queryParam("answer", post(JANUARY).<String>path("meta.answer"))
                .queryParam("metric", "sales")
                .get("/api/v1/lineage")
                .then()
                .statusCode(422)
                .body("detail", equalTo("The cell has no country."));
    }

    @Test
    void answersInCsv() {
        String csv =
                given().accept("text/csv").body(JANUARY).post("/api/v1/query").asString();

        assertThat(csv.lines())
                .containsExactly(
                        "country,sales,revenue,status", "DE,2,2.00,mixed", "FR,1,1.00,exact", ",1,1.00,provisional");
    }

    @Test
    void answersParameters() {
        given().queryParam("model", "shop")
                .queryParam("metrics", "sales,units")
                .queryParam("dimensions", "country")
                .queryParam("to", "2026-02-01T00:00:00Z")
                .queryParam("filter", "country:equals:FR,DE")
                .queryParam("order", "units:desc")
                .queryParam("limit", "1")
                .get("/api/v1/query")
                .then()
                .statusCode(200)
                .body("data", hasSize(1))
                .body("data[0].country", equalTo("DE"))
                .body("data[0].units", equalTo(4));
    }

    @Test
    void givesAnEarlierAnswerAgain() {
        Response first = post(JANUARY);
        String token = first.path("meta.answer");

        post("{\"answer\": \"" + token + "\"}")
                .then()
                .statusCode(200)
                .body("data", equalTo(first.path("data")))
                .body("columns", equalTo(first.path("columns")))
                .body("meta", equalTo(first.path("meta")));
        given().queryParam("answer", token).get("/api/v1/query").then().statusCode(200);
        post("{\"answer\": \"x" + token + "\"}")
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("code", equalTo("BAD_REQUEST"));
    }

    @Test
    void tellsFaultsAsProblemDocuments() {
        post("{\"model\": ")
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("code", equalTo("BAD_REQUEST"));
        for (String body : List.of("[1]", "null", "7", "\"shop\"", "", "{} {}")) {
            post(body)
                    .then()
                    .statusCode(400)
                    .contentType("application/problem+json")
                    .body("code", equalTo("BAD_REQUEST"));
        }
        post("{\"model\": \"shop\", \"metric\": [\"sales\"]}")
                .then()
                .statusCode(400)
                .body("detail", equalTo("Unknown key metric."))
                .body("values.near", hasItem("metrics"));
        post("{\"model\": \"shop\", \"metrics\": [\"sals\"]}")
                .then()
                .statusCode(422)
                .body("code", equalTo("UNKNOWN_NAME"))
                .body("values.near", contains("sales"));
        post("{\"model\": \"shop\", \"metrics\": [\"sales\"], \"dimensions\": [\"sku\", \"country\"]}")
                .then()
                .statusCode(422)
                .body("code", equalTo("NO_ROLLUP"))
                .body("values.rollup", containsString("dimensions: [sku, country]"));
    }

    @Test
    void sendsTheAnswerAgainWhenItChanges() {
        Queue<String> data = new ConcurrentLinkedQueue<>();
        CompletableFuture<HttpResponse<Stream<String>>> response = HttpClient.newHttpClient()
                .sendAsync(HttpRequest.newBuilder(stream).build(), HttpResponse.BodyHandlers.ofLines());
        CompletableFuture<Void> reading = response.thenAcceptAsync(answer -> {
            try (Stream<String> lines = answer.body()) {
                lines.filter(line -> line.startsWith("data:")).limit(2).forEach(data::add);
            }
        });
        await().until(() -> data.size() == 1);

        shop.live(sale("2026-07-01T10:00:00Z", "FR", 1));

        await().until(reading::isDone);
        assertThat(data).last().asString().contains("\"data\":[{\"sales\":1,\"status\":\"provisional\"}]");
        assertThat(data).first().asString().contains("\"data\":[]");
    }

    @Test
    void letsGoOfAClientThatIsGone() throws IOException {
        double before = streams();
        try (Socket socket = new Socket(stream.getHost(), stream.getPort())) {
            String request = "GET " + stream.getPath() + "?" + stream.getQuery() + " HTTP/1.1\r\nHost: test\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(UTF_8));
            BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            assertThat(firstLine(lines, "data:")).contains("\"meta\"");
            assertThat(streams()).isEqualTo(before + 1);
            // Nothing changes, and still something is sent.
            assertThat(firstLine(lines, ":")).contains("still here");
        }
        await().atMost(30, SECONDS).untilAsserted(() -> assertThat(streams()).isEqualTo(before));
    }

    private static String firstLine(BufferedReader lines, String start) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(start)) {
                return line;
            }
        }
        throw new AssertionError("the stream ended");
    }

    private double streams() {
        return registry.get("bifocal.query.streams").gauge().value();
    }

    @Test
    void measuresEachPhase() {
        post(JANUARY);

        given().get("/q/metrics")
                .then()
                .body(containsString("bifocal_query_seconds_bucket"))
                .body(containsString("phase=\"encode\""));
    }

    private static Response post(String body) {
        return given().contentType("application/json").body(body).post("/api/v1/query");
    }
}
