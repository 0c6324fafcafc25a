package io.bifocal.serving.query;

import static io.bifocal.core.query.Shop.sale;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Shop;
import io.bifocal.core.query.Shop.Sale;
import io.bifocal.serving.ServerTest;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.config.DecoderConfig;
import io.restassured.config.RestAssuredConfig;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Answers over the wire in each form: a small one, and one that is much larger than a piece. */
@QuarkusTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnswerFormsTest extends ServerTest {
    private static final int SKUS = 30_000;
    private static final String LARGE =
            "{\"model\": \"forms\", \"metrics\": [\"sales\", \"units\", \"revenue\", \"dearest\", \"buyers\","
                    + " \"revenue_per_buyer\"], \"dimensions\": [\"sku\"]}";
    private static final String SMALL =
            "{\"model\": \"forms\", \"metrics\": [\"revenue\", \"sales\", \"revenue_per_buyer\"],"
                    + " \"dimensions\": [\"country\"], \"time\": {\"granularity\": \"day\"}}";

    @Inject
    MeterRegistry registry;

    @TestHTTPResource("/")
    URI server;

    @BeforeAll
    void sell() {
        await().atMost(60, SECONDS).until(storage::connected);
        Definition definition = Shop.definition("forms", List.of());
        application.put(definition);
        List<Sale> sales = new ArrayList<>();
        for (long sku = 1; sku < SKUS; sku++) {
            sales.add(new Sale(
                    Instant.parse("2026-01-01T10:00:00Z"), "FR", sku, true, 1L, new BigDecimal("1.10"), "ann"));
        }
        sales.add(new Sale(Instant.parse("2026-01-02T10:00:00Z"), null, 0L, true, 1L, null, "bob"));
        Shop shop = new Shop(storage.manifests(), storage.views(), definition);
        shop.live(sales);
        shop.recompute().live(sale("2026-01-02T11:00:00Z", "DE", 2));
    }

    @Test
    void saysInHeadersWhereRowsComeFrom() {
        given().accept("text/csv")
                .body(SMALL)
                .post("/api/v1/query")
                .then()
                .statusCode(200)
                .contentType(startsWith("text/csv"))
                .header("Bifocal-Partial", equalTo("false"))
                .header("Bifocal-Generation", equalTo("1"))
                .header("Bifocal-Warnings", equalTo("[]"))
                .header("Vary", equalTo("Accept"))
                .header("X-Content-Type-Options", equalTo("nosniff"));
        String token = given().accept("application/x-ndjson")
                .body(SMALL)
                .post("/api/v1/query")
                .header("Bifocal-Answer");
        given().body("{\"answer\": \"" + token + "\"}")
                .post("/api/v1/query")
                .then()
                .statusCode(200)
                .body("meta.answer", equalTo(token));
    }

    @Test
    void isReadByPyarrowWithAllDigits() throws IOException {
        JsonNode seen = arrow(SMALL);

        assertThat(seen.path("types").toString())
                .isEqualTo(
                        "{\"time\":\"timestamp[us, tz=UTC]\",\"country\":\"string\",\"revenue\":\"decimal128(38, 2)\","
                                + "\"sales\":\"int64\",\"revenue_per_buyer\":\"double\",\"status\":\"string\",\"estimates\":\"string\"}");
        assertThat(seen.path("units").toString()).isEqualTo("{\"revenue\":\"GBP\",\"revenue_per_buyer\":\"GBP\"}");
        assertThat(seen.at("/meta/partial").asBoolean(true)).isFalse();
        assertThat(seen.at("/meta/generation").asInt()).isEqualTo(1);
        assertThat(seen.path("rows")).hasSize(3);
        assertThat(seen.at("/rows/0/time").asText()).startsWith("2026-01-01 00:00:00");
        assertThat(seen.at("/rows/0/revenue").asText()).isEqualTo("32998.90");
        assertThat(seen.at("/rows/0/status").asText()).isEqualTo("exact");
        assertThat(seen.at("/rows/1/revenue").asText()).isEqualTo("1.00");
        assertThat(seen.at("/rows/1/status").asText()).isEqualTo("provisional");
        assertThat(seen.at("/rows/2/country").isNull()).isTrue();
        assertThat(seen.at("/rows/2/revenue").isNull()).isTrue();
    }

    @Test
    void sendsALargeAnswerInPiecesInEveryForm() throws IOException {
        assertThat(body("application/json").lines()).hasSize(1);
        assertThat(new ObjectMapper().readTree(body("application/json")).path("data"))
                .hasSize(SKUS);
        assertThat(body("application/x-ndjson").lines()).hasSize(SKUS);
        assertThat(body("text/csv").lines()).hasSize(SKUS + 1);
        JsonNode seen = arrow(LARGE);
        assertThat(seen.path("rows")).hasSize(SKUS);
        assertThat(seen.path("batches").asInt()).isGreaterThan(SKUS / 2_000);
    }

    @Test
    void compressesForThoseWhoAccept() throws IOException {
        byte[] compressed = given().config(RestAssuredConfig.config()
                        .decoderConfig(DecoderConfig.decoderConfig().noContentDecoders()))
                .header("Accept-Encoding", "gzip")
                .accept("text/csv")
                .body(LARGE)
                .post("/api/v1/query")
                .then()
                .statusCode(200)
                .header("Content-Encoding", equalTo("gzip"))
                .extract()
                .asByteArray();
        String plain = body("text/csv");
        assertThat(compressed.length).isLessThan(plain.length() / 4);
        assertThat(new String(new GZIPInputStream(new ByteArrayInputStream(compressed)).readAllBytes(), UTF_8))
                .isEqualTo(plain);
    }

    /** The encode timer is told when an answer's pieces are closed, whether or not all were taken. */
    @Test
    void freesAnAnswerWhoseClientGoesAway() throws IOException {
        long before = encoded();
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(8_192);
            socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
            socket.getOutputStream()
                    .write(("POST /api/v1/query HTTP/1.1\r\nHost: test\r\nContent-Length: " + LARGE.length()
                                    + "\r\n\r\n" + LARGE)
                            .getBytes(UTF_8));
            assertThat(new String(socket.getInputStream().readNBytes(12), UTF_8))
                    .isEqualTo("HTTP/1.1 200");
        }
        await().atMost(30, SECONDS).until(() -> encoded() == before + 1);
    }

    private long encoded() {
        return registry.find("bifocal.query").tags("model", "forms", "phase", "encode").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    private static String body(String accept) {
        return given().accept(accept)
                .body(LARGE)
                .post("/api/v1/query")
                .then()
                .statusCode(200)
                .header("Transfer-Encoding", equalTo("chunked"))
                .extract()
                .asString();
    }

    private static JsonNode arrow(String query) throws IOException {
        byte[] stream = given().accept("application/vnd.apache.arrow.stream")
                .body(query)
                .post("/api/v1/query")
                .then()
                .statusCode(200)
                .contentType("application/vnd.apache.arrow.stream")
                .extract()
                .asByteArray();
        Path file = Files.write(Path.of("target", "answer.arrow"), stream);
        Process reader = new ProcessBuilder(
                        python("python").toString(),
                        PYTHON.resolve("read_arrow.py").toString())
                .redirectInput(file.toFile())
                .redirectError(ProcessBuilder.Redirect.to(
                        Path.of("target", "read_arrow.log").toFile()))
                .start();
        return new ObjectMapper().readTree(reader.getInputStream());
    }
}
