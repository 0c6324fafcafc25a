package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** How wrong live numbers were. */
@Command(
        name = "drift",
        mixinStandardHelpOptions = true,
        description = "Shows how far live numbers were off, for each publication that replaced them.")
final class DriftCommand implements Runnable {
    private static final List<String> FIELDS = List.of(
            "at",
            "generation",
            "rollup",
            "metric",
            "cells",
            "missing",
            "extra",
            "different",
            "estimated",
            "duplicated",
            "absolute",
            "relative",
            "smape");

    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "MODEL")
    private String model;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    public void run() {
        Session session = main.session();
        JsonNode drift = session.api().get("/models/" + Api.segment(model) + "/drift?limit=" + limit);
        session.printer().print(drift, drift.path("data"), FIELDS);
    }
}
