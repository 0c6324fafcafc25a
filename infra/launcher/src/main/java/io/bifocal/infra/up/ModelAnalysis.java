package io.bifocal.infra.up;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bifocal.core.config.SparkJvm;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.model.Fault;
import io.bifocal.core.model.ModelFaults;
import io.bifocal.infra.local.BuildTree;
import io.bifocal.infra.local.JavaCommand;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads model files whole: their own rules, and their expressions by Spark's analyser, in a process of its own. */
public final class ModelAnalysis {
    private static final String MAIN = "io.bifocal.spark.AnalyzeModels";
    private static final JsonMapper JSON = new JsonMapper();

    private final List<Path> classPath;

    private ModelAnalysis(List<Path> classPath) {
        this.classPath = classPath;
    }

    /** With the classes that this repository built. */
    public static ModelAnalysis ofBuild() {
        return new ModelAnalysis(BuildTree.classPath("speed-layer"));
    }

    /**
     * What the files define, in their order.
     *
     * @throws ModelFaults with all faults of all files, if there are any
     */
    public List<ModelSeed> analyze(List<Path> files) {
        JsonNode document = run(files);
        List<ModelSeed> seeds = new ArrayList<>();
        List<Fault> faults = new ArrayList<>();
        for (JsonNode file : document.path("files")) {
            String name = file.path("file").asText();
            file.path("faults")
                    .forEach(fault -> faults.add(new Fault(
                            name,
                            fault.path("line").asInt(),
                            fault.path("problem").asText(),
                            fault.path("remedy").asText())));
            if (file.hasNonNull("definition")) {
                String definition = file.path("definition").toString();
                seeds.add(new ModelSeed(Path.of(name), DefinitionJson.read(definition)));
            }
        }
        if (!faults.isEmpty()) {
            throw new ModelFaults(faults);
        }
        return seeds;
    }

    private JsonNode run(List<Path> files) {
        List<String> options =
                new ArrayList<>(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
        options.addAll(SparkJvm.options());
        List<String> arguments = files.stream().map(Path::toString).toList();
        try {
            Path errors = Files.createTempFile("bifocal-analysis", ".log");
            try {
                Process process = new ProcessBuilder(new JavaCommand(MAIN, classPath, options, arguments).line())
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .redirectError(errors.toFile())
                        .start();
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                process.waitFor();
                return parse(output, errors);
            } finally {
                Files.delete(errors);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static JsonNode parse(String output, Path errors) throws IOException {
        try {
            JsonNode document = JSON.readTree(output);
            if (document.path("files").isArray()) {
                return document;
            }
        } catch (JsonProcessingException notJson) {
            // Told below, with what the process said.
        }
        throw Errors.of(
                ErrorCode.INTERNAL,
                "The model files could not be analysed:\n" + output + Files.readString(errors),
                "Check that JDK 17 runs this; the class path is speed-layer/target/classpath.txt.");
    }
}
