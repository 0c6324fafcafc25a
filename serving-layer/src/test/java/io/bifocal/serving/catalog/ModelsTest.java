package io.bifocal.serving.catalog;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.PartId;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
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
        assertThatThrownBy(() -> application.put(definition(yaml(model))))
                .isInstanceOfSatisfying(BifocalException.class, fault -> assertThat(fault.code())
                        .isEqualTo(ErrorCode.DEFINITION_CHANGED));
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
