package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Makes a new generation. */
@Command(
        name = "recompute",
        mixinStandardHelpOptions = true,
        description =
                "Recomputes a model exactly from its archive, covering everything that Kafka has acknowledged by now. A changed"
                        + " definition that was applied comes into force with it.")
final class RecomputeCommand implements Runnable {
    @ParentCommand
    private Main main;

    @Mixin
    private JobOptions job;

    @Option(
            names = "--from",
            paramLabel = "DAY",
            description = "Also recompute days from here on that nothing touched.")
    private Optional<String> from = Optional.empty();

    @Option(names = "--to", paramLabel = "DAY", description = "Up to this day, exclusive.")
    private Optional<String> to = Optional.empty();

    @Option(names = "--full", description = "Recompute all days, not only those that changed.")
    private boolean full;

    @Override
    public void run() {
        ObjectNode request = job.request("recompute");
        from.ifPresent(day -> request.put("from", day));
        to.ifPresent(day -> request.put("to", day));
        if (full) {
            request.put("full", true);
        }
        job.run(main.session(), request);
    }
}
