package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** How wrong answers were that were not exact yet. */
@Command(
        name = "accuracy",
        mixinStandardHelpOptions = true,
        description = "Shows how near to the truth numbers were that users saw before they were exact.")
final class AccuracyCommand implements Runnable {
    private static final List<String> FIELDS =
            List.of("metric", "numbers", "right", "meanError", "worst", "estimated", "inside");

    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "MODEL")
    private String model;

    @Override
    public void run() {
        Session session = main.session();
        JsonNode accuracy = session.api().get("/models/" + Api.segment(model) + "/accuracy");
        session.printer().print(accuracy, accuracy.path("data"), FIELDS);
        session.err()
                .println(accuracy.path("checked").asText() + " answers were given again, "
                        + accuracy.path("waiting").asText() + " wait for it");
    }
}
