package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** How wrong answers were that were not exact yet. */
@Command(
        name = "accuracy",
        mixinStandardHelpOptions = true,
        description = "Shows how near to the truth numbers were that users saw before they were exact.")
final class AccuracyCommand extends ModelCommand {
    AccuracyCommand() {
        super("accuracy", "metric", "numbers", "right", "meanError", "worst", "estimated", "inside");
    }

    @Override
    void comment(JsonNode accuracy, PrintWriter err) {
        err.println(accuracy.path("checked").asText() + " answers were given again, "
                + accuracy.path("waiting").asText() + " wait for it");
    }
}
