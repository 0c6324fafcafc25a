package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bifocal.infra.cli.Api.MediaType;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Jobs that are asked for again and again. */
@Command(
        name = "schedule",
        mixinStandardHelpOptions = true,
        description = "Lists schedules; `schedule show`, `set` and `delete` are about one.")
final class ScheduleCommand implements Runnable {
    private static final List<String> FIELDS = List.of("name", "job", "cron", "zone", "enabled", "nextRuns");

    @ParentCommand
    private Main main;

    @Override
    public void run() {
        list();
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists schedules, with their next runs.")
    void list() {
        JsonNode schedules = main.session().api().get("/schedules");
        main.session().printer().print(schedules, schedules.path("data"), FIELDS);
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one schedule.")
    void show(@Parameters(paramLabel = "NAME") String name) {
        main.session().printer().print(main.session().api().get(path(name)), FIELDS);
    }

    @Command(
            name = "set",
            mixinStandardHelpOptions = true,
            description = "Sets a schedule: its job is asked for whenever its cron says so.")
    void set(
            @Parameters(paramLabel = "NAME") String name,
            @Option(
                            names = "--job",
                            required = true,
                            paramLabel = "JSON",
                            description =
                                    "Such as {\"type\": \"recompute\", \"model\": \"retail\"}; the model * is every model.")
                    String job,
            @Option(
                            names = "--cron",
                            required = true,
                            paramLabel = "CRON",
                            description = "Minute, hour, day of month, month, day of week: \"0 2 * * *\".")
                    String cron,
            @Option(
                            names = "--zone",
                            paramLabel = "Z",
                            defaultValue = "UTC",
                            description = "Default: ${DEFAULT-VALUE}.")
                    String zone,
            @Option(names = "--disabled", description = "Keep it, and do not run it.") boolean disabled) {
        ObjectNode schedule = Api.JSON.createObjectNode();
        schedule.set("job", Api.json(job));
        schedule.put("cron", cron).put("zone", zone).put("enabled", !disabled);
        JsonNode stored = main.session().api().put(path(name), schedule.toString(), MediaType.JSON);
        main.session().printer().print(stored, FIELDS);
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, description = "Deletes a schedule.")
    void delete(@Parameters(paramLabel = "NAME") String name) {
        main.session().api().delete(path(name));
    }

    private static String path(String name) {
        return "/schedules/" + Api.segment(name);
    }
}
