package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Publishes archived events again. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description =
                "Publishes archived events again, to the byte, with headers that mark them as a replay. Into the model's own"
                        + " topic only if it has an identity, by which they are the same events.")
final class ReplayCommand implements Runnable {
    @ParentCommand
    private Main main;

    @Mixin
    private JobOptions job;

    @Option(names = "--from", required = true, paramLabel = "T", description = "From this day or instant on.")
    private String from;

    @Option(names = "--to", required = true, paramLabel = "T", description = "Up to this day or instant, exclusive.")
    private String to;

    @Option(
            names = "--to-topic",
            required = true,
            paramLabel = "TOPIC",
            description = "Where they go; made if there is none.")
    private String topic;

    @Option(names = "--rate", paramLabel = "N", description = "Events a second (default: as fast as Kafka takes them).")
    private Optional<Long> rate = Optional.empty();

    @Option(
            names = "--by",
            paramLabel = "TIME",
            defaultValue = "event",
            description = "event: when they happened; arrival: when they came, quarantined ones too (default: event).")
    private String by;

    @Override
    public void run() {
        ObjectNode request = job.request("replay")
                .put("from", from)
                .put("to", to)
                .put("toTopic", topic)
                .put("by", by);
        rate.ifPresent(perSecond -> request.put("rate", perSecond));
        job.run(main.session(), request);
    }
}
