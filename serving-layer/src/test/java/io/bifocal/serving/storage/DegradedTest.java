package io.bifocal.serving.storage;

import static io.bifocal.core.query.Shop.sale;
import static io.restassured.RestAssured.given;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.core.config.Config;
import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Shop;
import io.bifocal.serving.Paused;
import io.bifocal.serving.ServerTest;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** With Cassandra silent, or rows gone, an answer is refused; never is one given that lacks something. */
@QuarkusTest
class DegradedTest extends ServerTest {
    private static final String QUERY = "/api/v1/query?metrics=sales&model=";

    @TestHTTPResource("/")
    URI server;

    @Test
    void refusesWhileCassandraIsSilentAndRecoversByItself() throws Exception {
        String model = shop().definition().model().name();
        sales(model).then().statusCode(200).body("data[0].sales", equalTo(2));

        Paused.cassandra(() -> {
            List<CompletableFuture<HttpResponse<String>>> answers = ask(model, 6);
            assertThat(answers).allSatisfy(answer -> {
                HttpResponse<String> response = answer.get(60, SECONDS);
                assertThat(response.statusCode()).isEqualTo(503);
                assertThat(response.headers().firstValue("Retry-After")).isPresent();
                assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
            });
            await().atMost(60, SECONDS).untilAsserted(() -> given().get("/q/health/ready")
                    .then()
                    .statusCode(503)
                    .body("checks.find { it.name == 'cassandra' }.data.answers", equalTo(false)));
            await().atMost(60, SECONDS).untilAsserted(() -> sales(model)
                    .then()
                    .statusCode(503)
                    .body("code", equalTo("UNAVAILABLE"))
                    .body("detail", containsString("given a moment")));
        });
        await().atMost(60, SECONDS)
                .untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
        sales(model).then().statusCode(200).body("data[0].sales", equalTo(2));
    }

    @Test
    void tellsWhoFollowsAnAnswerThatItIsAwayAndThenBackThoughNothingChanged() throws Exception {
        String model = shop().definition().model().name();
        List<String> told = new CopyOnWriteArrayList<>();
        HttpRequest request = HttpRequest.newBuilder(
                        server.resolve("/api/v1/query/stream?metrics=sales&model=" + model))
                .build();
        CompletableFuture<Void> following = HttpClient.newHttpClient()
                .sendAsync(request, BodyHandlers.ofLines())
                .thenAccept(response -> response.body()
                        .filter(line -> line.startsWith("data:") || line.startsWith("event:"))
                        .forEach(told::add));
        await().atMost(60, SECONDS).until(() -> told.size() == 1);

        Paused.cassandra(() -> await().atMost(60, SECONDS).until(() -> told.size() == 3));

        await().atMost(60, SECONDS).until(() -> told.size() == 4);
        following.cancel(true);
        assertThat(told.get(1)).contains("problem");
        assertThat(told.get(2)).contains("UNAVAILABLE");
        assertThat(rows(told.get(3))).isEqualTo(rows(told.get(0))).contains("\"sales\":2");
    }

    private static String rows(String event) {
        return event.substring(event.indexOf("\"data\""), event.indexOf("\"meta\""));
    }

    @Test
    void refusesOnlyAnswersThatNeedRowsWhichAreGone() {
        Shop shop = shop();
        String model = shop.definition().model().name();
        String part = storage.manifests().read(model).orElseThrow().generation().part();
        try (CassandraConnection connection = CassandraConnection.open(Config.load())) {
            connection
                    .session()
                    .execute(
                            "DELETE FROM view_rows WHERE model = ? AND part = ? AND view_name = 'london_days' AND day"
                                    + " = ? AND shard = 0",
                            model,
                            part,
                            20454);
        }
        String london = "&zone=Europe/London&granularity=day&dimensions=country";
        given().get(QUERY + model + london)
                .then()
                .statusCode(503)
                .body("code", equalTo("UNAVAILABLE"))
                .body("detail", containsString("are missing"));
        given().get(QUERY + model + london + "&from=2026-01-02T00:00:00Z")
                .then()
                .statusCode(200)
                .body("data[0].sales", equalTo(1));
    }

    private Shop shop() {
        Definition definition = Shop.definition(unique(), List.of());
        application.put(definition);
        return new Shop(storage.manifests(), storage.views(), definition)
                .live(sale("2026-01-01T10:00:00Z", "FR", 1), sale("2026-01-02T10:00:00Z", "DE", 2))
                .recompute();
    }

    private static Response sales(String model) {
        return given().get(QUERY + model);
    }

    private List<CompletableFuture<HttpResponse<String>>> ask(String model, int times) {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request =
                HttpRequest.newBuilder(server.resolve(QUERY + model)).build();
        return IntStream.range(0, times)
                .mapToObj(i -> client.sendAsync(request, BodyHandlers.ofString()))
                .toList();
    }
}
