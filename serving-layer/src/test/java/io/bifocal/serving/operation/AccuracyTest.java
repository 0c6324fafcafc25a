package io.bifocal.serving.operation;

import static io.bifocal.core.query.Shop.sale;
import static io.restassured.RestAssured.given;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.bifocal.core.accuracy.Accuracy;
import io.bifocal.core.accuracy.CheckedAnswer;
import io.bifocal.core.accuracy.SampledAnswer;
import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Shop;
import io.bifocal.serving.ServerTest;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@QuarkusTest
class AccuracyTest extends ServerTest {
    /** One in a hundred is kept, so at the latest a thousand answers bring one; that none does is as likely as 4 in 100,000. */
    private static final int ANSWERS = 1_000;

    @Test
    void keepsSomeAnswersAndShowsWhatCameOfThem() {
        Definition definition = Shop.definition(unique(), List.of());
        application.put(definition);
        String model = definition.model().name();
        new Shop(storage.manifests(), storage.views(), definition).live(sale("2026-01-01T10:00:00Z", "FR", 1));
        String path = "/api/v1/models/" + model + "/accuracy";
        given().get(path).then().statusCode(200).body("checked", equalTo(0)).body("data", hasSize(0));

        for (int i = 0; i < ANSWERS && storage.answers().waiting(model).join() == 0; i++) {
            given().get("/api/v1/query?model=" + model + "&metrics=sales,revenue&dimensions=country&limit=5");
        }

        await().atMost(60, SECONDS).until(() -> storage.answers().waiting(model).join() > 0);
        SampledAnswer sample = storage.answers().samples(model, 1).get(0);
        assertThat(sample.counted())
                .isEqualTo(storage.manifests().read(model).orElseThrow().end());
        assertThat(sample.numbers()).extracting(SampledAnswer.Shown::metric).containsExactly("sales", "revenue");
        CheckedAnswer checked = new CheckedAnswer(
                sample.id(),
                sample.at(),
                Instant.EPOCH,
                sample.token(),
                sample.query(),
                List.of(new Accuracy("sales", 4, 3, 0.5, 0.5, 2, 1)),
                Optional.empty());
        storage.answers().checked(model, checked);

        given().get(path)
                .then()
                .statusCode(200)
                .body("checked", equalTo(1))
                .body("data.metric", contains("sales"))
                .body("data[0].meanError", equalTo(0.125f))
                .body("data[0].inside", equalTo(1))
                .body("answers[0].query.dimensions", contains("country"))
                .body("answers[0].skipped", nullValue())
                .body("answers[0].answer", equalTo(sample.token()));
        given().get(path + "?limit=none").then().statusCode(422);
        String labels = "metric=\"sales\",model=\"" + model + "\"";
        await().atMost(60, SECONDS).untilAsserted(() -> given().get("/q/metrics")
                .then()
                .body(containsString("bifocal_answers_error_ratio{" + labels + "} 0.125"))
                .body(containsString("bifocal_answers_bounds_held_ratio{" + labels + "} 0.5")));
    }
}
