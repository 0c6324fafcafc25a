package io.bifocal.infra.cli;

import picocli.CommandLine.Command;

/** Which thresholds are exceeded. */
@Command(
        name = "alerts",
        mixinStandardHelpOptions = true,
        description =
                "Shows what is measured of a model against the thresholds of its file, and which of them are exceeded.")
final class AlertsCommand extends ModelCommand {
    AlertsCommand() {
        super("alerts", "alert", "metric", "state", "value", "threshold", "since");
    }
}
