package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** What is and was being worked on. */
@Command(
        name = "jobs",
        mixinStandardHelpOptions = true,
        description = "Lists jobs; `jobs show ID` and `jobs cancel ID` are about one.")
final class JobsCommand implements Runnable {
    static final List<String> FIELDS = List.of("id", "type", "model", "state", "progress", "message", "error");

    @ParentCommand
    private Main main;

    @Override
    public void run() {
        list();
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists jobs, the latest first.")
    void list() {
        JsonNode jobs = main.session().api().get("/jobs");
        main.session().printer().print(jobs, jobs.isArray() ? jobs : jobs.path("data"), FIELDS);
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one job.")
    void show(@Parameters(paramLabel = "ID") String id) {
        List<String> fields = new ArrayList<>(FIELDS);
        fields.add("result");
        main.session().printer().print(main.session().api().get("/jobs/" + Api.segment(id)), fields);
    }

    @Command(name = "cancel", mixinStandardHelpOptions = true, description = "Cancels a job that has not ended.")
    void cancel(@Parameters(paramLabel = "ID") String id) {
        JsonNode cancelled = main.session().api().delete("/jobs/" + Api.segment(id));
        print(cancelled.isMissingNode() ? main.session().api().get("/jobs/" + Api.segment(id)) : cancelled);
    }

    private void print(JsonNode job) {
        main.session().printer().print(job, FIELDS);
    }
}
