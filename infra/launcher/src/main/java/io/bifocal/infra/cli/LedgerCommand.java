package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
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
        for (JsonNode fault : ledger.path("faults")) {
            session.err().println(describe(fault));
        }
        session.err().println(ledger.path("balanced").asBoolean() ? "balanced" : "NOT BALANCED");
    }

    private static String describe(JsonNode fault) {
        return "partition " + fault.path("partition").asInt() + ", offsets "
                + fault.path("from").asLong() + " to " + (fault.path("to").asLong() - 1) + ": "
                + fault.path("expected").asLong() + " records expected in the "
                + fault.path("where").asText().toLowerCase(Locale.ROOT) + ", "
                + fault.path("found").asLong() + " found";
    }
}
