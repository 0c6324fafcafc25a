package io.bifocal.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ModelFile;
import io.bifocal.core.model.ValueType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Stands where the one with Spark is, for tests of what starts it: to it, every expression is a text. */
public final class AnalyzeModels {
    private static final ObjectMapper JSON = new ObjectMapper();

    private AnalyzeModels() {}

    public static void main(String[] none) throws IOException {
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            JsonNode request = JSON.readTree(line);
            System.out.println(JSON.writeValueAsString(
                    analyse(request.path("file").asText(), request.path("text").asText())));
        }
    }

    private static Map<String, Object> analyse(String file, String text) throws IOException {
        ModelFile.Reading reading = ModelFile.read(file, text);
        if (!reading.faults().isEmpty()) {
            return Map.of("faults", reading.faults());
        }
        Model model = reading.draft().orElseThrow();
        Map<String, ValueType> dimensions = new HashMap<>();
        model.dimensions().forEach(dimension -> dimensions.put(dimension.name(), ValueType.STRING));
        Map<String, ValueType> inputs = new HashMap<>();
        model.simpleMetrics().stream()
                .filter(metric -> metric.expr().isPresent())
                .map(SimpleMetric::name)
                .forEach(metric -> inputs.put(metric, ValueType.STRING));
        return Map.of("definition", JSON.readTree(DefinitionJson.write(new Definition(model, dimensions, inputs))));
    }
}
