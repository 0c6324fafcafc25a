package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Where records are. */
@Command(
        name = "ledger",
        mixinStandardHelpOptions = true,
        description = "Shows, by partition and hour, how many records were read, archived, quarantined and counted.")
final class LedgerCommand implements Runnable {
    private static final List<String> FIELDS =
            List.of("partition", "hour", "read", "archived", "quarantined", "counted");

    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "MODEL")
    private String model;

    @Override
    public void run() {
        Session session = main.session();
        JsonNode ledger = session.api().get("/models/" + Api.segment(model) + "/ledger");
        session.printer().print(ledger, ledger.path("data"), FIELDS);
        session.err().println(ledger.path("balanced").asBoolean() ? "balanced" : "NOT BALANCED");
    }
}
