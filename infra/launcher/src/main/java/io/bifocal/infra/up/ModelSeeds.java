package io.bifocal.infra.up;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Fault;
import io.bifocal.core.model.ModelFaults;
import io.bifocal.core.model.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** The models that a directory holds. */
final class ModelSeeds {
    private ModelSeeds() {}

    /**
     * All of them, by file name; none, where anything is wrong with any.
     *
     * @throws ModelFaults with the faults of all files
     */
    static List<ModelSeed> read(Path directory, ModelAnalysis analysis) {
        List<Path> files = files(directory);
        if (files.isEmpty()) {
            throw Errors.of(
                    ErrorCode.BAD_MODEL,
                    "There is no model file (*.yml) in " + directory + ".",
                    "Name a directory of model files with --models.");
        }
        List<ModelSeed> seeds = analysis.analyze(files);
        List<Fault> faults = new ArrayList<>();
        faults.addAll(repeated(seeds, "model", seed -> seed.definition().model().name()));
        faults.addAll(repeated(
                seeds, "topic", seed -> seed.definition().model().source().topic()));
        if (!faults.isEmpty()) {
            throw new ModelFaults(faults);
        }
        return seeds;
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(Files::isRegularFile)
                    .filter(file ->
                            file.toString().endsWith(".yml") || file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException failure) {
            throw Errors.of(
                    ErrorCode.BAD_MODEL,
                    "Cannot read the directory " + directory + ".",
                    "Name a directory of model files with --models.",
                    failure);
        }
    }

    /** Two files that name one model would take turns at being in force; two of one topic would count each other's events. */
    private static List<Fault> repeated(List<ModelSeed> seeds, String what, Function<ModelSeed, String> name) {
        Map<String, Path> first = new HashMap<>();
        List<Fault> faults = new ArrayList<>();
        for (ModelSeed seed : seeds) {
            Path earlier = first.putIfAbsent(name.apply(seed), seed.file());
            if (earlier != null) {
                faults.add(new Fault(
                        seed.file().toString(),
                        ModelFile.line(
                                seed.definition().model().yaml(), what.equals("topic") ? "source" : what, "", ""),
                        "The " + what + " " + name.apply(seed) + " is that of " + earlier + " already.",
                        "Give each model a " + what + " of its own."));
            }
        }
        return faults;
    }
}
