package io.bifocal.serving.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.core.config.Config;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.model.Fault;
import io.bifocal.core.model.ModelFaults;
import io.bifocal.core.model.ModelFile;
import io.bifocal.core.model.ModelFile.Reading;
import io.bifocal.serving.process.AnsweringChild;
import io.bifocal.serving.process.ChildJvm;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads model files and has Spark analyse their expressions, in a process of its own: this one has no Spark. */
@Singleton
public class ModelAnalyser {
    private static final String MAIN = "io.bifocal.spark.AnalyzeModels";
    private static final List<String> JVM = List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Somebody who writes a model file goes on writing; nobody does for most of the day. */
    private static final Duration IDLE = Duration.ofMinutes(3);

    /** Files found valid: what is applied has mostly been validated just before. */
    private static final int REMEMBERED = 32;

    private final Config config;
    private final AnsweringChild spark;
    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, Definition> valid = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Definition> eldest) {
            return size() > REMEMBERED;
        }
    };

    ModelAnalyser(Config config, ChildJvm children) {
        this.config = config;
        this.spark = new AnsweringChild(
                "model-analysis",
                () -> children.command(Config.Key.CLASSPATH_SPEED, JVM, List.of(MAIN)),
                PATIENCE,
                IDLE);
    }

    @PreDestroy
    void close() {
        spark.close();
    }

    /**
     * What was found.
     *
     * @param definition empty where there are faults
     */
    record Analysis(Optional<Definition> definition, List<Fault> faults) {
        Definition orThrow() {
            return definition.orElseThrow(() -> new ModelFaults(faults));
        }
    }

    /**
     * Analyses one file.
     *
     * @param fileName how faults name it
     */
    Analysis analyse(String fileName, String yaml) {
        Reading reading = ModelFile.read(fileName, yaml);
        // A server without Spark can tell what is wrong with the file's shape, and no more.
        boolean shapeOnly = !reading.faults().isEmpty() && !config.has(Config.Key.CLASSPATH_SPEED);
        if (shapeOnly || reading.draft().isEmpty()) {
            return new Analysis(Optional.empty(), reading.faults());
        }
        return inSpark(fileName, yaml);
    }

    /** One at a time, in one JVM with Spark's libraries. */
    private synchronized Analysis inSpark(String fileName, String yaml) {
        if (valid.containsKey(yaml)) {
            return new Analysis(Optional.of(valid.get(yaml)), List.of());
        }
        Analysis analysis = analysed(fileName, yaml);
        analysis.definition().ifPresent(definition -> valid.put(yaml, definition));
        return analysis;
    }

    private Analysis analysed(String fileName, String yaml) {
        String request =
                json.createObjectNode().put("file", fileName).put("text", yaml).toString();
        String answer = spark.ask(request).orElseThrow(() -> failed("its process ended, or took too long"));
        try {
            return read(fileName, json.readTree(answer));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private Analysis read(String fileName, JsonNode result) {
        if (result.hasNonNull("definition")) {
            return new Analysis(
                    Optional.of(DefinitionJson.read(result.get("definition").toString())), List.of());
        }
        List<Fault> faults = new ArrayList<>();
        for (JsonNode fault : result.path("faults")) {
            faults.add(new Fault(
                    fileName,
                    fault.path("line").asInt(1),
                    fault.path("problem").asText(),
                    fault.path("remedy").asText()));
        }
        return new Analysis(Optional.empty(), faults);
    }

    private static RuntimeException failed(String why) {
        return Errors.of(
                ErrorCode.UNAVAILABLE,
                "The analysis of the model's expressions did not end well: " + why,
                "Try again; if it stays so, see this server's log.");
    }
}
