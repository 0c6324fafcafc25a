package io.bifocal.infra.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How wrong live numbers were. */
@Command(
        name = "drift",
        mixinStandardHelpOptions = true,
        description = "Shows how far live numbers were off, for each publication that replaced them.")
final class DriftCommand extends ModelCommand {
    @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
    private int limit;

    DriftCommand() {
        super(
                "drift",
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
    }

    @Override
    String query() {
        return "?limit=" + limit;
    }
}
