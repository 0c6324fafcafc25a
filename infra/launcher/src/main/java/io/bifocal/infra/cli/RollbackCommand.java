package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Goes back to an earlier generation. */
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        description =
                "Puts an earlier generation back in force, and returns when it is. What arrived since is counted on"
                        + " top of it; no record is lost.")
final class RollbackCommand implements Runnable {
    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "MODEL")
    private String model;

    @Option(names = "--generation", required = true, paramLabel = "G", description = "Its number.")
    private long generation;

    @Override
    public void run() {
        Session session = main.session();
        JobWatch jobs = new JobWatch(session);
        JsonNode request = Api.JSON
                .createObjectNode()
                .put("type", "rollback")
                .put("model", model)
                .put("generation", generation);
        String id = jobs.start(request, UUID.randomUUID().toString()).path("id").asText();
        session.printer().print(jobs.await(id), JobsCommand.FIELDS);
    }
}
