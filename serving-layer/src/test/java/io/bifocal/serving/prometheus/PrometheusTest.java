package io.bifocal.serving.prometheus;

import static io.bifocal.core.query.Shop.sale;
import static io.restassured.RestAssured.given;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Shop;
import io.bifocal.serving.ServerTest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Asks as Grafana's Prometheus data source does. */
@QuarkusTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrometheusTest extends ServerTest {
    private static final String BASE = "/api/v1/prometheus/api/v1";
    private static final int TEN_O_CLOCK = 1_767_261_600;

    private String model;

    @BeforeAll
    void sell() {
        await().atMost(60, SECONDS).until(storage::connected);
        model = unique();
        Definition definition = Shop.definition(model, List.of());
        application.put(definition);
        new Shop(storage.manifests(), storage.views(), definition)
                .live(
                        sale("2026-01-01T10:10:00Z", "FR", 1),
                        sale("2026-01-01T10:50:00Z", "FR", 1),
                        sale("2026-01-01T10:20:00Z", "DE", 5),
                        sale("2026-01-01T12:00:00Z", "FR", 2),
                        sale("2026-01-01T12:30:00Z", null, 3));
    }

    @Test
    void chartsAMetricByItsName() {
        range(model + "_units", "1h")
                .body("data.resultType", equalTo("matrix"))
                .body("data.result", hasSize(1))
                .body("data.result[0].metric", equalTo(Map.of("__name__", model + "_units")))
                .body("data.result[0].values", contains(List.of(TEN_O_CLOCK, "7"), List.of(TEN_O_CLOCK + 7_200, "5")));
    }

    @Test
    void givesASeriesForEachValueOfTheLabelsThatAreNamed() {
        range(model + "_revenue{country=~\".*\"}", "1h")
                .body("data.result.metric.country", contains("DE", "FR", null))
                .body(
                        "data.result[1].values",
                        contains(List.of(TEN_O_CLOCK, "2.00"), List.of(TEN_O_CLOCK + 7_200, "1.00")));
        range(model + "_revenue{country=\"DE\"}", "1h").body("data.result.metric.country", contains("DE"));
        range(model + "_revenue{country!=\"DE\"}", "1h").body("data.result.metric.country", contains("FR", null));
        range(model + "_revenue{country=\"\"}", "1h").body("data.result", hasSize(1));
        range(model + "_revenue{nothing=\"x\"}", "1h").body("data.result", hasSize(0));
    }

    /** The rollup is by the hour: steps of minutes give hours, and those of two days give days. */
    @Test
    void putsStepsToWhatIsKept() {
        range(model + "_units", "15").body("data.result[0].values", hasSize(2));
        range(model + "_units", "2d").body("data.result[0].values", hasSize(1));
    }

    @Test
    void answersAtATime() {
        given().formParam("query", model + "_units{country=\"FR\"}")
                .formParam("time", "2026-01-01T12:40:00Z")
                .post(BASE + "/query")
                .then()
                .statusCode(200)
                .body("data.resultType", equalTo("vector"))
                .body("data.result[0].value", contains(TEN_O_CLOCK + 7_200, "2"));
        given().queryParam("query", "1+1")
                .queryParam("time", "7")
                .get(BASE + "/query")
                .then()
                .statusCode(200)
                .body("data.result", contains(7, "2.0"));
    }

    @Test
    void listsMetricsLabelsAndTheirValues() {
        get("/label/__name__/values").body("data", hasItems(model + "_units", model + "_revenue_per_buyer"));
        get("/labels").body("data", hasItems("__name__", "country", "sku"));
        given().queryParam("match[]", model + "_units")
                .get(BASE + "/label/country/values")
                .then()
                .statusCode(200)
                .body("data", contains("DE", "FR"));
        given().queryParam("match[]", model + "_units")
                .queryParam("start", "2026-01-01T12:00:00Z")
                .queryParam("end", "2026-01-01T12:59:00Z")
                .get(BASE + "/label/country/values")
                .then()
                .body("data", contains("FR"));
        given().queryParam("match[]", model + "_units{country=~\"F.\"}")
                .get(BASE + "/series")
                .then()
                .statusCode(200)
                .body("data", contains(Map.of("__name__", model + "_units", "country", "FR")));
        get("/metadata")
                .body("data", hasKey(model + "_revenue"))
                .body("data." + model + "_revenue.unit", hasItem("GBP"));
    }

    @Test
    void tellsFaultsInPrometheusShape() {
        range("rate(" + model + "_units[5m])", "1h", 400)
                .body("status", equalTo("error"))
                .body("errorType", equalTo("bad_data"))
                .body("error", containsString("without functions"));
        range(model + "_units", "0", 400).body("errorType", equalTo("bad_data"));
        range(model + "_units", "1", 400).body("error", containsString("11000 points"));
        range(model + "_units{sku=\"1\", country=\"FR\"}", "1h", 422)
                .body("errorType", equalTo("execution"))
                .body("error", containsString("rollup"));
        range("nothing_here", "1h").body("data.result", hasSize(0)).body("warnings[0]", containsString("nothing_here"));
        get("/metadata").body("$", not(hasKey("warnings")));
    }

    private static ValidatableResponse get(String path) {
        return given().get(BASE + path).then().statusCode(200).body("status", equalTo("success"));
    }

    private static ValidatableResponse range(String query, String step) {
        return range(query, step, 200);
    }

    private static ValidatableResponse range(String query, String step, int status) {
        return given().queryParam("query", query)
                .queryParam("start", "2026-01-01T00:00:00Z")
                .queryParam("end", "1767312000.5")
                .queryParam("step", step)
                .get(BASE + "/query_range")
                .then()
                .statusCode(status);
    }
}
