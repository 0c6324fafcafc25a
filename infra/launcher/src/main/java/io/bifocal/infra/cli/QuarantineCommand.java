package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** What could not be counted, and why. */
@Command(
        name = "quarantine",
        mixinStandardHelpOptions = true,
        description = "Shows events that were set aside, with the reason and their Kafka position.")
final class QuarantineCommand implements Runnable {
    private static final List<String> FIELDS = List.of("partition", "offset", "reason", "raw");

    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "MODEL")
    private String model;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    public void run() {
        Session session = main.session();
        JsonNode quarantine = session.api().get("/models/" + Api.segment(model) + "/quarantine?limit=" + limit);
        session.printer().print(quarantine, quarantine.path("data"), FIELDS);
        session.err().println(Printer.text(quarantine.path("total")) + " in all");
    }
}
