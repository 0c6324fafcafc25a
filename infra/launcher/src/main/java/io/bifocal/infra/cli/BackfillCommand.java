package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Computes the history of a changed definition beside what is in force. */
@Command(
        name = "backfill",
        mixinStandardHelpOptions = true,
        description =
                "Computes history for the version of a model that was applied last, while the one before stays in force;"
                        + " `models promote` puts it in force once all days are done.")
final class BackfillCommand implements Runnable {
    @ParentCommand
    private Main main;

    @Mixin
    private JobOptions job;

    @Option(names = "--from", paramLabel = "DAY", description = "First event day (default: the first of all).")
    private Optional<String> from = Optional.empty();

    @Option(
            names = "--to",
            paramLabel = "DAY",
            description = "Up to this event day, exclusive (default: the last of all).")
    private Optional<String> to = Optional.empty();

    @Option(names = "--plan", description = "Only say what it would do and cost.")
    private boolean plan;

    @Option(names = "--promote", description = "Put the version in force once all days are done.")
    private boolean promote;

    @Override
    public void run() {
        ObjectNode request = job.request("backfill");
        from.ifPresent(day -> request.put("from", day));
        to.ifPresent(day -> request.put("to", day));
        if (promote) {
            request.put("promote", true);
        }
        if (plan) {
            job.runForResult(main.session(), request.put("plan", true));
        } else {
            job.run(main.session(), request);
        }
    }
}
