package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Makes a new generation. */
@Command(
        name = "recompute",
        mixinStandardHelpOptions = true,
        description =
                "Recomputes a model exactly from its archive, covering everything that Kafka has acknowledged by now.")
final class RecomputeCommand implements Runnable {
    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "MODEL")
    private String model;

    @Option(
            names = "--from",
            paramLabel = "DAY",
            description = "Also recompute days from here on that nothing touched.")
    private Optional<String> from = Optional.empty();

    @Option(names = "--to", paramLabel = "DAY", description = "Up to this day, exclusive.")
    private Optional<String> to = Optional.empty();

    @Option(names = "--full", description = "Recompute all days, not only those that changed.")
    private boolean full;

    @Option(names = "--wait", description = "Return when the generation is published, or the job has failed.")
    private boolean wait;

    @Override
    public void run() {
        Session session = main.session();
        JobWatch jobs = new JobWatch(session);
        JsonNode job = jobs.start(request(), UUID.randomUUID().toString());
        if (wait) {
            job = jobs.await(job.path("id").asText());
        }
        session.printer().print(job, JobsCommand.FIELDS);
    }

    private JsonNode request() {
        ObjectNode request =
                Api.JSON.createObjectNode().put("type", "recompute").put("model", model);
        from.ifPresent(day -> request.put("from", day));
        to.ifPresent(day -> request.put("to", day));
        if (full) {
            request.put("full", true);
        }
        return request;
    }
}
