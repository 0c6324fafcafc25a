package io.bifocal.infra.up;

import io.bifocal.core.config.Config;
import io.bifocal.infra.local.BuildTree;
import io.bifocal.infra.local.CassandraServer;
import io.bifocal.infra.local.KafkaServer;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;

/** A platform on this machine, from its start to its end. */
public final class Platform implements AutoCloseable {
    /**
     * What a user asks for.
     *
     * @param port of HTTP; otherwise the configuration's
     * @param models directory of model files that are applied if the platform does not know them yet
     * @param configuration file that takes the place of the home's own
     */
    public record Request(Home home, OptionalInt port, Optional<Path> models, Optional<Path> configuration) {}

    /** Plans further parts, and returns the configuration that they need. */
    @FunctionalInterface
    interface OwnParts {
        Config plan(Home home, Config servers, List<PartPlan> plans);
    }

    private final Home home;
    private final Config config;
    private final HomeLock lock;
    private final Supervisor supervisor;
    private final List<ModelSeed> seeds;
    private final Clock clock;
    private final Console console;

    private Platform(
            Home home,
            Config config,
            HomeLock lock,
            Supervisor supervisor,
            List<ModelSeed> seeds,
            Clock clock,
            Console console) {
        this.home = home;
        this.config = config;
        this.lock = lock;
        this.supervisor = supervisor;
        this.seeds = seeds;
        this.clock = clock;
        this.console = console;
    }

    /** Starts every part, or nothing: what can be known to be wrong is refused before. Does not wait for the parts. */
    public static Platform start(Request request, Clock clock, Console console) {
        return start(request, Platform::ownParts, clock, console);
    }

    /** The same, with other parts beside the servers. */
    static Platform start(Request request, OwnParts ownParts, Clock clock, Console console) {
        Home home = request.home();
        home.create();
        HomeLock lock = HomeLock.take(home);
        try {
            return start(request, lock, ownParts, clock, console);
        } catch (RuntimeException refused) {
            lock.close();
            throw refused;
        }
    }

    private static Platform start(Request request, HomeLock lock, OwnParts ownParts, Clock clock, Console console) {
        Home home = request.home();
        Leftovers.end(home, console);
        Config given = given(request);
        int port = given.number(Config.Key.HTTP_PORT);
        Ports.requireFree(port, "the API", "Give another with --port, or stop what listens there.");
        // From here on, status and down find it.
        UpRecord.of(home, HealthProbe.url(given), clock.instant(), List.of()).write(home);
        PortRecord.ofUser().write(port, home);
        try {
            return start(request, given, lock, ownParts, clock, console);
        } catch (RuntimeException refused) {
            PortRecord.ofUser().forget(port, home);
            UpRecord.forget(home);
            throw refused;
        }
    }

    private static Platform start(
            Request request, Config given, HomeLock lock, OwnParts ownParts, Clock clock, Console console) {
        Home home = request.home();
        List<ModelSeed> seeds = request.models()
                .map(directory -> {
                    console.say("checking the models in " + directory);
                    return ModelSeeds.read(directory, ModelAnalysis.ofBuild());
                })
                .orElse(List.of());
        List<PartPlan> plans = new ArrayList<>();
        Config config = ownParts.plan(home, withServers(home, given, plans, console), plans);
        write(config, home.platformProperties());
        plans.forEach(plan -> LogFiles.rotate(home.log(plan.name())));
        URI url = HealthProbe.url(config);
        Supervisor supervisor = new Supervisor(home, url, plans, clock, console);
        supervisor.start();
        new ModelWatch(HealthProbe.of(config), home, clock, supervisor::closed).start();
        return new Platform(home, config, lock, supervisor, seeds, clock, console);
    }

    /** Waits until the models are applied, so that their topics take events; false when this was closed meanwhile. */
    boolean awaitModels() {
        if (!awaitServers()) {
            return false;
        }
        if (!seeds.isEmpty()) {
            new SeedApplication(config, clock, console).apply(seeds);
        }
        return true;
    }

    /** Waits until every part does its work; false when this was closed meanwhile. */
    boolean awaitReady() {
        return supervisor.awaitUp(name -> true) && supervisor.awaitTrue(HealthProbe.of(config)::platformReady);
    }

    /** Waits until Kafka and Cassandra are up, as far as they are parts. */
    boolean awaitServers() {
        return supervisor.awaitUp(name -> name.equals(PlatformParts.KAFKA) || name.equals(PlatformParts.CASSANDRA));
    }

    /** Whether it is being stopped, or was. */
    public boolean closed() {
        return supervisor.closed();
    }

    public Home home() {
        return home;
    }

    /** What every part was started with. */
    public Config config() {
        return config;
    }

    public URI url() {
        return HealthProbe.url(config);
    }

    @Override
    public void close() {
        supervisor.close();
        PortRecord.ofUser().forget(url().getPort(), home);
        lock.close();
    }

    private static Config given(Request request) {
        Home home = request.home();
        Optional<Path> file = request.configuration()
                .or(() -> Optional.of(home.userProperties()).filter(Files::exists));
        Config config = Config.load(file, System.getenv())
                .with(Config.Key.HOME, home.root().toString());
        if (!config.has(Config.Key.ARCHIVE_URI)) {
            config = config.with(Config.Key.ARCHIVE_URI, home.lake().toUri().toString());
        }
        return request.port().isPresent()
                ? config.with(
                        Config.Key.HTTP_PORT, Integer.toString(request.port().getAsInt()))
                : config;
    }

    /** Plans the servers that the configuration does not point elsewhere, and points it at them. */
    private static Config withServers(Home home, Config given, List<PartPlan> plans, Console console) {
        Config config = given;
        if (!given.has(Config.Key.KAFKA_BOOTSTRAP_SERVERS)) {
            Ports ports = Ports.of(home.ports(), List.of("kafka", "kafka-controller"), console);
            KafkaServer.Ports kafka = new KafkaServer.Ports(ports.port("kafka"), ports.port("kafka-controller"));
            plans.add(PlatformParts.kafka(home, kafka));
            config = config.with(Config.Key.KAFKA_BOOTSTRAP_SERVERS, KafkaServer.bootstrapServers(kafka));
        } else {
            console.say(
                    "Kafka is not started here: " + given.text(Config.Key.KAFKA_BOOTSTRAP_SERVERS) + " is configured");
        }
        if (!given.has(Config.Key.CASSANDRA_CONTACT_POINTS)) {
            Ports ports = Ports.of(home.ports(), List.of("cassandra", "cassandra-storage"), console);
            CassandraServer.Ports cassandra =
                    new CassandraServer.Ports(ports.port("cassandra"), ports.port("cassandra-storage"));
            plans.add(PlatformParts.cassandra(home, cassandra));
            config = config.with(Config.Key.CASSANDRA_CONTACT_POINTS, CassandraServer.contactPoint(cassandra))
                    .with(Config.Key.CASSANDRA_DATACENTER, CassandraServer.DATACENTER);
        } else {
            console.say("Cassandra is not started here: " + given.text(Config.Key.CASSANDRA_CONTACT_POINTS)
                    + " is configured");
        }
        return config;
    }

    /** The platform's own processes, and where they and those that they start find their classes. */
    private static Config ownParts(Home home, Config servers, List<PartPlan> plans) {
        ClassPaths classPaths = new ClassPaths(BuildTree.root(), home.libraries());
        classPaths.clear();
        Config config = servers.with(
                        Config.Key.CLASSPATH_SPEED,
                        classPaths.fileOf("speed-layer").toString())
                .with(
                        Config.Key.CLASSPATH_BATCH,
                        classPaths.fileOf("batch-layer").toString());
        List<Path> jobClasses = new ArrayList<>(List.of(classPaths.leash()));
        jobClasses.addAll(classPaths.of("batch-layer"));
        JobArguments.write(home, config, jobClasses);
        PlatformParts parts = new PlatformParts(home, config, classPaths);
        plans.addAll(List.of(parts.serving(), parts.speed(), parts.archiver()));
        return config;
    }

    private static void write(Config config, Path file) {
        Properties properties = new Properties();
        properties.putAll(config.asMap());
        StringWriter text = new StringWriter();
        try {
            properties.store(text, "Written by ./bifocal up at every start; change bifocal.properties instead.");
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        AtomicFiles.write(file, text.toString());
    }
}
