package io.bifocal.serving.problem;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.bifocal.serving.ServerTest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.builder.ResponseSpecBuilder;
import io.restassured.specification.ResponseSpecification;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class ProblemsTest extends ServerTest {
    @Test
    void saysThatNothingIsAtAPath() {
        given().get("/api/v1/nothing").then().spec(problem(404, "NOT_FOUND"));
        given().get("/api/v1/models/a/b/c").then().spec(problem(404, "NOT_FOUND"));
        given().get("/nothing.html").then().spec(problem(404, "NOT_FOUND"));
        given().get("/q/nothing").then().spec(problem(404, "NOT_FOUND"));
    }

    @Test
    void namesTheNearModels() {
        String model = model();
        given().get("/api/v1/models/" + model.substring(1))
                .then()
                .spec(problem(404, "NOT_FOUND"))
                .body("remedy", containsString(model))
                .body("values.near", hasItem(model));
    }

    @Test
    void refusesAMethodThatAPathDoesNotTake() {
        given().delete("/api/v1/models").then().spec(problem(405, "BAD_REQUEST"));
    }

    @Test
    void refusesAMediaTypeThatItCannotMake() {
        given().accept("image/png").get("/api/v1/models").then().spec(problem(406, "BAD_REQUEST"));
    }

    @Test
    void refusesAMediaTypeThatItDoesNotTake() {
        given().contentType("text/plain").body("x").post("/api/v1/jobs").then().spec(problem(415, "BAD_REQUEST"));
    }

    @Test
    void saysWhereJsonIsBroken() {
        given().contentType("application/json")
                .body("{\"type\": ")
                .post("/api/v1/jobs")
                .then()
                .spec(problem(400, "BAD_REQUEST"))
                .body("detail", containsString("line 1"))
                .body("detail", not(containsString("java")))
                .body("detail", not(containsString("Source")));
    }

    @Test
    void refusesJsonOfAnotherShape() {
        for (String body : List.of("[1]", "null", "7", "\"x\"", "")) {
            given().contentType("application/json")
                    .body(body)
                    .post("/api/v1/jobs")
                    .then()
                    .spec(problem(400, "BAD_REQUEST"))
                    .body("detail", not(containsString("java")));
        }
    }

    /** By the resource, and before any of it is kept. */
    @ParameterizedTest
    @ValueSource(ints = {(8 << 20) + 1, 20 << 20})
    void refusesABodyThatIsTooLarge(int bytes) throws Exception {
        HttpResponse<String> response =
                postBare("/api/v1/events/" + model(), new byte[bytes], "Content-Type", "application/x-ndjson");
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith(Problem.MEDIA_TYPE));
        assertThat(response.body()).contains("BAD_REQUEST", "several requests");
    }

    @Test
    void refusesAFormWhoseEscapesAreBroken() throws Exception {
        HttpResponse<String> response = postBare(
                "/api/v1/prometheus/api/v1/query",
                "query=%zz".getBytes(UTF_8),
                "Content-Type",
                "application/x-www-form-urlencoded");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith(Problem.MEDIA_TYPE));
        assertThat(response.body()).contains("BAD_REQUEST", "%25");
    }

    @Test
    void showsNothingOfBugs() {
        Problem problem = (Problem) new ProblemMappers()
                .unexpected(new IllegalStateException("secret"))
                .getEntity();
        assertThat(problem.toString())
                .doesNotContain("secret")
                .contains(problem.values().get("id").toString());
    }

    private static ResponseSpecification problem(int status, String code) {
        return new ResponseSpecBuilder()
                .expectStatusCode(status)
                .expectHeader("Content-Type", startsWith(Problem.MEDIA_TYPE))
                .expectBody("status", equalTo(status))
                .expectBody("code", equalTo(code))
                .expectBody("remedy", not(equalTo("")))
                .build();
    }
}
