package io.bifocal.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.model.Fault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Analyses model files, for processes without Spark. Writes one JSON document to stdout: {@code {"files": [{"file", "definition"
 * or null, "faults": [{"line", "problem", "remedy"}]}]}}, the files in the order of the arguments. Exits 0 if there is no
 * fault, else 1.
 *
 * <p>Without arguments it answers, until stdin ends: each line there is {@code {"file", "text"}}, and brings a line on stdout
 * with such an element of {@code files}. Only the first answer takes seconds.
 */
public final class AnalyzeModels {
    private static final ObjectMapper JSON = new ObjectMapper();

    private AnalyzeModels() {}

    public static void main(String[] files) throws IOException {
        if (files.length == 0) {
            answer(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        } else {
            analyse(files);
        }
    }

    private static void answer(BufferedReader requests) throws IOException {
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            JsonNode request = JSON.readTree(line);
            String file = request.path("file").asText();
            ExpressionAnalyzer.Result result =
                    ExpressionAnalyzer.analyse(file, request.path("text").asText());
            System.out.println(JSON.writeValueAsString(toJson(file, result)));
        }
    }

    private static void analyse(String... files) throws IOException {
        ObjectNode document = JSON.createObjectNode();
        ArrayNode results = document.putArray("files");
        boolean sound = true;
        for (String file : files) {
            ExpressionAnalyzer.Result result = analyse(file);
            sound &= result.faults().isEmpty();
            results.add(toJson(file, result));
        }
        System.out.println(JSON.writeValueAsString(document));
        System.exit(sound ? 0 : 1);
    }

    private static ExpressionAnalyzer.Result analyse(String file) {
        try {
            return ExpressionAnalyzer.analyse(file, Files.readString(Path.of(file), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            Fault fault = new Fault(file, 1, "Cannot read the file: " + unreadable + ".", "Check its path.");
            return new ExpressionAnalyzer.Result(Optional.empty(), List.of(fault));
        }
    }

    private static ObjectNode toJson(String file, ExpressionAnalyzer.Result result) throws IOException {
        ObjectNode node = JSON.createObjectNode().put("file", file);
        if (result.definition().isPresent()) {
            node.set(
                    "definition",
                    JSON.readTree(DefinitionJson.write(result.definition().get())));
        } else {
            node.putNull("definition");
        }
        ArrayNode faults = node.putArray("faults");
        for (Fault fault : result.faults()) {
            faults.addObject()
                    .put("line", fault.line())
                    .put("problem", fault.problem())
                    .put("remedy", fault.remedy());
        }
        return node;
    }
}
