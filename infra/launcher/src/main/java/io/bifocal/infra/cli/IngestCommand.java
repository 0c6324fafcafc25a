package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bifocal.core.config.Config;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.infra.ingest.EventFile;
import io.bifocal.infra.ingest.Ingestion;
import io.bifocal.infra.ingest.KafkaSettings;
import io.bifocal.infra.ingest.Pace;
import io.bifocal.infra.ingest.Publisher;
import io.bifocal.infra.ingest.Topics;
import io.bifocal.infra.up.Home;
import io.bifocal.infra.up.PortRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Publishes files of events. */
@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        description =
                "Publishes events from files to a model's topic, and rides out restarts of any part for 5 minutes."
                        + " Blank lines are skipped; malformed ones are published and will be quarantined.")
final class IngestCommand implements Runnable {
    private static final List<String> FIELDS = List.of("model", "published", "seconds");

    @ParentCommand
    private Main main;

    @Parameters(index = "0", paramLabel = "MODEL")
    private String model;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "NDJSON or CSV, gzipped or not.")
    private List<Path> files;

    @Option(names = "--format", description = "ndjson or csv; otherwise the file's name tells.")
    private Optional<EventFile.Format> format = Optional.empty();

    @Option(names = "--rate", paramLabel = "N", description = "Events a second; otherwise as fast as it goes.")
    private Optional<Double> rate = Optional.empty();

    @Option(names = "--wait", description = "Return when each record is counted in answers, or quarantined.")
    private boolean wait;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description = "Kafka's bootstrap servers, where the platform does not run on this machine.")
    private Optional<String> kafka = Optional.empty();

    @Override
    public void run() {
        List<EventFile> sources =
                files.stream().map(file -> EventFile.of(file, format)).toList();
        Session session = main.session();
        Config config = config(session);
        long begun = System.nanoTime();
        try (Progress progress = session.progress()) {
            Patience patience = new Patience(Patience.RESTARTS, progress::say);
            Api api = session.api();
            JsonNode found = patience.call(() -> api.get("/models/" + Api.segment(model)));
            String topic = found.path("source").path("topic").asText();
            try (Publisher publisher = new Publisher(KafkaSettings.of(config), topic)) {
                Ingestion ingestion = new Ingestion(publisher, pace(), new Rate(progress, begun)::at);
                ingestion.publish(sources);
                progress.finish(publisher.acknowledged() + " records acknowledged");
                if (wait && publisher.acknowledged() > 0) {
                    try (Topics topics = Topics.of(config)) {
                        Positions target = Positions.of(patience.call(() -> topics.id(topic)), publisher.ends());
                        new ArrivalWatch(api, model, progress, patience).await(target);
                    }
                }
                print(session, publisher.acknowledged(), (System.nanoTime() - begun) / 1e9);
            }
        }
    }

    private Pace pace() {
        rate.filter(perSecond -> !(perSecond > 0)).ifPresent(perSecond -> {
            throw Errors.of(ErrorCode.BAD_REQUEST, "--rate is " + perSecond + ".", "Give a number above 0.");
        });
        return new Pace(rate.isPresent() ? OptionalDouble.of(rate.get()) : OptionalDouble.empty(), System::nanoTime);
    }

    /** What the platform behind the URL was started with; elsewhere, what the environment says. */
    private Config config(Session session) {
        Optional<Path> file = PortRecord.ofUser()
                .home(session.url())
                .map(Home::platformProperties)
                .filter(Files::exists);
        Config config = Config.load(file, System.getenv());
        if (kafka.isPresent()) {
            return config.with(Config.Key.KAFKA_BOOTSTRAP_SERVERS, kafka.get());
        }
        if (!config.has(Config.Key.KAFKA_BOOTSTRAP_SERVERS)) {
            throw Errors.of(
                    ErrorCode.UNAVAILABLE,
                    "No platform of this machine serves " + session.url() + ", so its Kafka is not known.",
                    "Start one with ./bifocal up --models DIR, or name its Kafka with --kafka HOST:PORT.");
        }
        return config;
    }

    private void print(Session session, long published, double seconds) {
        ObjectNode result = Api.JSON
                .createObjectNode()
                .put("model", model)
                .put("published", published)
                .put("seconds", Math.round(seconds * 1_000) / 1_000.0);
        session.printer().print(result, List.of(result), FIELDS);
    }

    /** How fast it goes, on the whole. */
    private record Rate(Progress progress, long begunNanos) {
        void at(double fraction, long published) {
            double seconds = Math.max(1e-3, (System.nanoTime() - begunNanos) / 1e9);
            progress.at(
                    fraction, () -> String.format(Locale.ROOT, "%,d records, %,.0f/s", published, published / seconds));
        }
    }
}
