package io.bifocal.serving.catalog;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.PartId;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.serving.ServerTest;
import io.bifocal.serving.catalog.ModelApplication.Outcome;
import io.bifocal.serving.kafka.Topics;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ModelsTest extends ServerTest {
    @Inject
    Topics topics;

    @Test
    void showsWhatCanBeAskedOfAModel() {
        String model = model();
        given().get("/api/v1/models/" + model)
                .then()
                .statusCode(200)
                .body("dimensions[0].type", equalTo("string"))
                .body("metrics[0].valueType", equalTo("long"))
                .body("metrics[0].unit", equalTo("views"))
                .body("rollups[0].granularity", equalTo("minute"))
                .body("yaml", equalTo(yaml(model)));
        given().get("/api/v1/models").then().body("data.name", hasItem(model));
    }

    @Test
    void makesTheTopic() {
        assertThat(topics.ends(List.of(model()))).hasSize(1);
    }

    @Test
    void changesNothingWhenTheSameFileIsAppliedAgain() {
        String model = model();
        given().body(yaml(model)).put("/api/v1/models/" + model).then().statusCode(200);
        assertThat(storage.models().find(model).orElseThrow().version()).isEqualTo(1);
    }

    @Test
    void refusesAWrongFileWithAllItsFaults() {
        String wrong = yaml("x").replace("model: x", "modell: x").replace("version: 1", "version: 7");
        given().body(wrong)
                .put("/api/v1/models/x")
                .then()
                .statusCode(422)
                .body("code", equalTo("BAD_MODEL"))
                .body("values.faults.line", hasItem(2));
        given().urlEncodingEnabled(false)
                .body(wrong)
                .post("/api/v1/models:validate")
                .then()
                .statusCode(200)
                .body("valid", is(false));
    }

    @Test
    void storesChangedTextsAtOnce() {
        String model = model();
        Definition renamed = definition(yaml(model).replace("visits of pages", "page views"));
        assertThat(application.put(renamed).outcome()).isEqualTo(Outcome.CHANGED);
        given().get("/api/v1/models/" + model).then().body("description", equalTo("page views"));
    }

    @Test
    void takesAnotherDefinitionUntilRecordsAreCounted() {
        String model = model();
        ManifestEditor editor = new ManifestEditor(storage.manifests(), Clock.systemUTC());
        Definition hourly = definition(yaml(model).replace("minute", "hour"));
        String hash = DefinitionJson.hash(hourly);
        editor.readOrCreate(model, DefinitionJson.hash(definition(yaml(model))));

        application.put(hourly);
        assertThat(editor.read(model).definition()).isEqualTo(hash);

        String part = PartId.next("live", 1);
        Positions to = Positions.of("topic", Map.of(0, 1L));
        editor.apply(model, (current, now) -> current.join("run", part, hash, now));
        editor.apply(
                model, (current, now) -> current.commit("run", part, 1, Positions.NONE, to, 1, Instant.EPOCH, now));
        assertThat(application.put(definition(yaml(model))).outcome()).isEqualTo(Outcome.PENDING);
        checkVersions(model);
    }

    private static void checkVersions(String model) {
        String versions = "/api/v1/models/" + model + "/versions";
        given().get("/api/v1/models/" + model)
                .then()
                .body("version", equalTo(2))
                .body("inForce", is(true))
                .body("rollups[0].granularity", equalTo("hour"));
        given().get(versions)
                .then()
                .statusCode(200)
                .body("data.version", equalTo(List.of(3, 2, 1)))
                .body("data.state", equalTo(List.of("PENDING", "IN_FORCE", "SUPERSEDED")));
        given().get(versions + "/3/diff")
                .then()
                .statusCode(200)
                .body("inForce", equalTo(2))
                .body("definition[0].section", equalTo("rollups"))
                .body("work.need", equalTo(List.of("NONE", "HISTORY")))
                .body("work[1].why", equalTo("granularity was hour, is minute"));
        given().urlEncodingEnabled(false)
                .post(versions + "/3:promote")
                .then()
                .statusCode(409)
                .body("code", equalTo("REFUSED"))
                .body("remedy", containsString("backfill"));
        given().get(versions + "/9/diff").then().statusCode(404);
        given().urlEncodingEnabled(false)
                .post(versions + "/2:promote")
                .then()
                .statusCode(200)
                .body("state", equalTo("IN_FORCE"));
        given().get(versions).then().body("data.state", equalTo(List.of("SUPERSEDED", "IN_FORCE", "SUPERSEDED")));
    }

    @Test
    void showsAManifestBeforeAnythingIsCounted() {
        String model = model();
        given().get("/api/v1/models/" + model + "/manifest")
                .then()
                .statusCode(200)
                .body("generation", equalTo(0))
                .body("publishedAt", nullValue())
                .body("parts", equalTo(List.of()));
        given().get("/api/v1/models/" + model + "/generations")
                .then()
                .statusCode(200)
                .body("data", equalTo(List.of()));
    }
}
