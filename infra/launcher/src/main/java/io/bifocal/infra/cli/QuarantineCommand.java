package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** What could not be counted, and why; and the way back from there. */
@Command(
        name = "quarantine",
        mixinStandardHelpOptions = true,
        description = "Shows events that were set aside, with the reason and their Kafka position.")
final class QuarantineCommand implements Runnable {
    private static final List<String> FIELDS = List.of("partition", "offset", "reason", "raw");

    @ParentCommand
    private Main main;

    @Mixin
    private JobOptions job;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Option(
            names = "--reprocess",
            description = "Put the version of the model that was applied last in force for all history:"
                    + " records that it can read count and leave the quarantine.")
    private boolean reprocess;

    @Override
    public void run() {
        if (reprocess) {
            job.run(main.session(), job.request("backfill").put("promote", true).put("reprocess", true));
        } else {
            show(main.session());
        }
    }

    private void show(Session session) {
        JsonNode quarantine = session.api().get("/models/" + Api.segment(job.model()) + "/quarantine?limit=" + limit);
        session.printer().print(quarantine, quarantine.path("data"), FIELDS);
        session.err().println(Printer.text(quarantine.path("total")) + " in all");
    }
}
