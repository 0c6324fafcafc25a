package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Which thresholds are exceeded. */
@Command(
        name = "alerts",
        mixinStandardHelpOptions = true,
        description =
                "Shows what is measured of a model against the thresholds of its file, and which of them are exceeded.")
final class AlertsCommand implements Runnable {
    private static final List<String> FIELDS = List.of("alert", "metric", "state", "value", "threshold", "since");

    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "MODEL")
    private String model;

    @Override
    public void run() {
        Session session = main.session();
        JsonNode alerts = session.api().get("/models/" + Api.segment(model) + "/alerts");
        session.printer().print(alerts, alerts.path("data"), FIELDS);
    }
}
