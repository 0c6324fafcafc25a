package io.bifocal.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ModelFile;
import io.bifocal.core.model.ValueType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Stands where the one with Spark is, for tests of what starts it: to it, every expression is a text. */
public final class AnalyzeModels {
    private AnalyzeModels() {}

    public static void main(String[] files) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ModelFile.Reading reading = ModelFile.read(files[0], Files.readString(Path.of(files[0])));
        if (!reading.faults().isEmpty()) {
            System.out.println(json.writeValueAsString(Map.of("files", List.of(Map.of("faults", reading.faults())))));
            return;
        }
        Model model = reading.draft().orElseThrow();
        Map<String, ValueType> dimensions = new HashMap<>();
        model.dimensions().forEach(dimension -> dimensions.put(dimension.name(), ValueType.STRING));
        Map<String, ValueType> inputs = new HashMap<>();
        model.simpleMetrics().stream()
                .filter(metric -> metric.expr().isPresent())
                .map(SimpleMetric::name)
                .forEach(metric -> inputs.put(metric, ValueType.STRING));
        JsonNode definition = json.readTree(DefinitionJson.write(new Definition(model, dimensions, inputs)));
        System.out.println(json.writeValueAsString(Map.of("files", List.of(Map.of("definition", definition)))));
    }
}
