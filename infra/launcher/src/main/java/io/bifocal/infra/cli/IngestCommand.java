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
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
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
                        + " Blank lines are skipped; malformed ones are published and will be quarantined. A line that is"
                        + " larger than Kafka takes is named and left out, and the command fails at its end.")
final class IngestCommand implements Runnable {
    private static final List<String> FIELDS = List.of("model", "published", "leftOut", "seconds");

    @ParentCommand
    private Main main;

    @Parameters(index = "0", paramLabel = "MODEL")
    private String model;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "FILE",
            description = "NDJSON or CSV, gzipped or not; a pipe, or - for stdin, will do.")
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
                long leftOut = new Ingestion(publisher, pace(), new Teller(progress, begun)).publish(sources);
                progress.finish(publisher.acknowledged() + " records acknowledged");
                if (wait && publisher.acknowledged() > 0) {
                    try (Topics topics = Topics.of(config)) {
                        Positions target = Positions.of(patience.call(() -> topics.id(topic)), publisher.ends());
                        new ArrivalWatch(api, model, progress, patience).await(target);
                    }
                }
                print(session, publisher.acknowledged(), leftOut, (System.nanoTime() - begun) / 1e9);
                requireAll(leftOut);
            }
        }
    }

    private Pace pace() {
        rate.filter(perSecond -> !(perSecond > 0)).ifPresent(perSecond -> {
            throw Errors.of(ErrorCode.BAD_REQUEST, "--rate is " + perSecond + ".", "Give a number above 0.");
        });
        return new Pace(rate.isPresent() ? OptionalDouble.of(rate.get()) : OptionalDouble.empty(), System::nanoTime);
    }

    /**
     * What the platform behind the URL was started with, whatever this command's environment says: events go where that
     * platform reads. Elsewhere the environment is all there is.
     */
    private Config config(Session session) {
        Optional<Path> file = PortRecord.ofUser()
                .home(session.url())
                .map(Home::platformProperties)
                .filter(Files::exists);
        Config config = Config.load(file, file.isPresent() ? Map.of() : System.getenv());
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

    private void print(Session session, long published, long leftOut, double seconds) {
        ObjectNode result = Api.JSON
                .createObjectNode()
                .put("model", model)
                .put("published", published)
                .put("leftOut", leftOut)
                .put("seconds", Math.round(seconds * 1_000) / 1_000.0);
        session.printer().print(result, FIELDS);
    }

    private static void requireAll(long leftOut) {
        if (leftOut > 0) {
            throw Errors.of(
                    ErrorCode.BAD_REQUEST,
                    leftOut + (leftOut == 1 ? " event was" : " events were") + " left out: larger than Kafka takes.",
                    "Make them smaller. All others are published.",
                    Map.of("leftOut", leftOut));
        }
    }

    /** Tells how fast it goes, on the whole, and what is left out. */
    private static final class Teller implements Ingestion.Listener {
        private static final int NAMED = 20;

        private final Progress progress;
        private final long begunNanos;
        private final AtomicInteger named = new AtomicInteger();

        Teller(Progress progress, long begunNanos) {
            this.progress = progress;
            this.begunNanos = begunNanos;
        }

        @Override
        public void at(OptionalDouble fraction, long published) {
            progress.at(fraction, () -> {
                double seconds = Math.max(1e-3, (System.nanoTime() - begunNanos) / 1e9);
                return String.format(Locale.ROOT, "%,d records, %,.0f/s", published, published / seconds);
            });
        }

        @Override
        public void leftOut(EventFile file, long line, long bytes) {
            int count = named.incrementAndGet();
            if (count <= NAMED) {
                progress.say(String.format(
                        Locale.ROOT,
                        "left out: %s line %d, %,d bytes, is larger than Kafka takes",
                        file.path(),
                        line,
                        bytes));
            } else if (count == NAMED + 1) {
                progress.say("left out: further lines, which are counted and not named");
            }
        }
    }
}
