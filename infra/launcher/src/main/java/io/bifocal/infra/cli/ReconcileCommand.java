package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Puts right what has drifted. */
@Command(
        name = "reconcile",
        mixinStandardHelpOptions = true,
        description =
                "Compares live views with the archive and puts the archive's in their place; drift shows the result.")
final class ReconcileCommand implements Runnable {
    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "MODEL")
    private String model;

    @Option(names = "--wait", description = "Return when it is done, or the job has failed.")
    private boolean wait;

    @Override
    public void run() {
        Session session = main.session();
        JobWatch jobs = new JobWatch(session);
        JsonNode request = Api.JSON.createObjectNode().put("type", "reconcile").put("model", model);
        JsonNode job = jobs.start(request, UUID.randomUUID().toString());
        if (wait) {
            job = jobs.await(job.path("id").asText());
        }
        session.printer().print(job, List.of(job), JobsCommand.FIELDS);
    }
}
