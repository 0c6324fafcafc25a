package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Why numbers are not what they were. */
@Command(
        name = "restatements",
        mixinStandardHelpOptions = true,
        description = "Shows numbers that a publication moved, with what was served before and after it, and why.")
final class RestatementsCommand implements Runnable {
    private static final List<String> FIELDS =
            List.of("at", "generation", "rollup", "metric", "bucket", "dimensions", "before", "after", "causes");

    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "MODEL")
    private String model;

    @Option(names = "--cause", paramLabel = "CAUSE", description = "Only those that this cause had a share in.")
    private Optional<String> cause = Optional.empty();

    @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    public void run() {
        Session session = main.session();
        String filter = cause.map(each -> "&cause=" + Api.segment(each)).orElse("");
        JsonNode moved = session.api().get("/models/" + Api.segment(model) + "/restatements?limit=" + limit + filter);
        session.printer().print(moved, moved.path("data"), FIELDS);
        moved.path("summary").propertyStream().forEach(each -> {
            if (each.getValue().asLong() > 0) {
                session.err().println(each.getValue().asText() + " " + each.getKey());
            }
        });
    }
}
