package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;

/** Where records are. */
@Command(
        name = "ledger",
        mixinStandardHelpOptions = true,
        description = "Shows, by partition and hour, how many records were read, archived, quarantined and counted.")
final class LedgerCommand extends ModelCommand {
    LedgerCommand() {
        super("ledger", "partition", "hour", "read", "archived", "quarantined", "counted");
    }

    @Override
    void comment(JsonNode ledger, PrintWriter err) {
        for (JsonNode fault : ledger.path("faults")) {
            err.println(describe(fault));
        }
        err.println(ledger.path("balanced").asBoolean() ? "balanced" : "NOT BALANCED");
    }

    private static String describe(JsonNode fault) {
        return "partition " + fault.path("partition").asInt() + ", offsets "
                + fault.path("from").asLong() + " to " + (fault.path("to").asLong() - 1) + ": "
                + fault.path("expected").asLong() + " records expected in the "
                + fault.path("where").asText().toLowerCase(Locale.ROOT) + ", "
                + fault.path("found").asLong() + " found";
    }
}
