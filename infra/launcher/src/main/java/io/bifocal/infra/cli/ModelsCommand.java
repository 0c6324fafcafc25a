package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Fault;
import io.bifocal.core.model.ModelFaults;
import io.bifocal.core.model.ModelFile;
import io.bifocal.infra.cli.Api.MediaType;
import io.bifocal.infra.cli.Session.Output;
import io.bifocal.infra.up.ModelAnalysis;
import io.bifocal.infra.up.ModelSeed;
import io.bifocal.infra.up.TextDiff;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Model files and the models in force. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        description = "Checks model files; lists, shows and applies models, and puts their versions in force.")
final class ModelsCommand implements Runnable {
    private static final List<String> FIELDS = List.of("name", "topic", "metrics", "dimensions", "description");

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Say what to do: validate, list, show, apply, versions, diff or promote.");
    }

    @Command(
            name = "validate",
            mixinStandardHelpOptions = true,
            description = "Checks model files, expressions included; needs no running platform.")
    int validate(@Parameters(paramLabel = "FILE", arity = "1..*") List<Path> files) {
        Session session = main.session();
        Map<Boolean, List<Path>> readable =
                files.stream().collect(Collectors.partitioningBy(ModelsCommand::isReadable));
        List<Fault> faults = new ArrayList<>();
        readable.get(false)
                .forEach(file ->
                        faults.add(new Fault(file.toString(), 1, "The file cannot be read.", "Check the path.")));
        List<ModelSeed> right = List.of();
        try {
            if (!readable.get(true).isEmpty()) {
                right = ModelAnalysis.ofBuild().analyze(readable.get(true));
            }
        } catch (ModelFaults wrong) {
            faults.addAll(wrong.faults());
        }
        new ValidationPrinter(session.out(), session.err(), session.output()).print(right, faults);
        return faults.isEmpty() ? 0 : 1;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the models in force.")
    void list() {
        JsonNode models = main.session().api().get("/models");
        List<JsonNode> rows = new ArrayList<>();
        models.path("data").forEach(model -> rows.add(row(model)));
        main.session().printer().print(models, rows, FIELDS);
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows a model as it is in force.")
    void show(@Parameters(paramLabel = "MODEL") String model) {
        JsonNode shown = main.session().api().get("/models/" + Api.segment(model));
        if (main.session().output() == Output.TABLE && shown.hasNonNull("yaml")) {
            main.session().out().print(shown.path("yaml").asText());
        } else {
            main.session().printer().print(shown, List.of(row(shown)), FIELDS);
        }
    }

    @Command(
            name = "apply",
            mixinStandardHelpOptions = true,
            description =
                    "Stores a model file: in force at once, or, where history must be computed anew, as a version that"
                            + " a recompute or a backfill puts in force.")
    void apply(@Parameters(paramLabel = "FILE") Path file) {
        String yaml = text(file);
        String path =
                "/models/" + Api.segment(ModelFile.parse(file.toString(), yaml).name());
        tellChanges(path, yaml);
        JsonNode applied = main.session().api().put(path, yaml, MediaType.YAML);
        if (!applied.path("inForce").asBoolean(true)) {
            main.session()
                    .err()
                    .println("Stored as version " + applied.path("version").asText()
                            + "; the one before stays in force until the history is computed: ./bifocal recompute "
                            + applied.path("name").asText() + ", or ./bifocal backfill to look at it first.");
        }
        main.session().printer().print(applied, List.of(row(applied)), FIELDS);
    }

    @Command(name = "versions", mixinStandardHelpOptions = true, description = "Lists a model's versions.")
    void versions(@Parameters(paramLabel = "MODEL") String model) {
        JsonNode versions = main.session().api().get(versionsPath(model));
        main.session()
                .printer()
                .print(versions, versions.path("data"), List.of("version", "state", "hash", "appliedAt"));
    }

    @Command(
            name = "diff",
            mixinStandardHelpOptions = true,
            description = "Compares a version with the one in force: which work each metric and rollup needs, and why.")
    void diff(@Parameters(paramLabel = "MODEL") String model, @Parameters(paramLabel = "VERSION") String version) {
        JsonNode diff = main.session().api().get(versionsPath(model) + "/" + Api.segment(version) + "/diff");
        main.session().printer().print(diff, diff.path("work"), List.of("kind", "name", "need", "why"));
    }

    @Command(name = "promote", mixinStandardHelpOptions = true, description = "Puts a version in force, in one step.")
    void promote(@Parameters(paramLabel = "MODEL") String model, @Parameters(paramLabel = "VERSION") String version) {
        Session session = main.session();
        JsonNode done = session.api()
                .post(versionsPath(model) + "/" + Api.segment(version) + ":promote", Api.JSON.createObjectNode());
        if (done.has("progress")) {
            session.printer().print(new JobWatch(session).await(done.path("id").asText()), JobsCommand.FIELDS);
        } else {
            session.printer().print(done, List.of("version", "state", "hash", "appliedAt"));
        }
    }

    private static String versionsPath(String model) {
        return "/models/" + Api.segment(model) + "/versions";
    }

    /** Before they are asked for: where they are refused, this is what they were. */
    private void tellChanges(String path, String yaml) {
        PrintWriter err = main.session().err();
        try {
            List<String> changes =
                    TextDiff.lines(main.session().api().get(path).path("yaml").asText(), yaml);
            err.println(changes.isEmpty() ? "The model in force is the same." : "Changes of the model in force:");
            changes.forEach(line -> err.println("  " + line));
        } catch (ApiProblem absent) {
            if (!absent.missing()) {
                throw absent;
            }
            err.println("A new model.");
        }
    }

    /** What of a model fits a line. */
    private static JsonNode row(JsonNode model) {
        return Api.JSON
                .createObjectNode()
                .put("name", model.path("name").asText())
                .put("topic", model.path("source").path("topic").asText())
                .put("metrics", names(model.path("metrics")))
                .put("dimensions", names(model.path("dimensions")))
                .put("description", model.path("description").asText());
    }

    private static String names(JsonNode named) {
        List<String> names = new ArrayList<>();
        named.forEach(each -> names.add(each.path("name").asText()));
        return String.join(" ", names);
    }

    private static boolean isReadable(Path file) {
        return Files.isRegularFile(file) && Files.isReadable(file);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw Errors.of(ErrorCode.NOT_FOUND, "Cannot read the file " + file + ".", "Check the path.", failure);
        }
    }
}
