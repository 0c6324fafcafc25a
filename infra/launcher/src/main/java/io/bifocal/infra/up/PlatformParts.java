package io.bifocal.infra.up;

import io.bifocal.core.config.Config;
import io.bifocal.core.config.ReadyFile;
import io.bifocal.core.config.SparkJvm;
import io.bifocal.infra.local.CassandraServer;
import io.bifocal.infra.local.JavaCommand;
import io.bifocal.infra.local.KafkaServer;
import io.bifocal.infra.local.ServerCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The parts of the platform and how each is started, in the order in which they are started; they are stopped in the order
 * of {@link #STOPPING}. A server that the configuration points elsewhere is no part.
 */
final class PlatformParts {
    static final String KAFKA = "kafka";
    static final String CASSANDRA = "cassandra";
    static final String SERVING = "serving";
    static final String SPEED = "speed";
    static final String ARCHIVER = "archiver";

    /** Those that use a server stop before it does. */
    static final List<String> STOPPING = List.of(SERVING, SPEED, ARCHIVER, KAFKA, CASSANDRA);

    /** Glibc's default of eight arenas a core costs a JVM some 100 MB that it never uses. */
    private static final Map<String, String> ENVIRONMENT = Map.of("MALLOC_ARENA_MAX", "2");

    /** Spark, in the jobs that serving starts too, listens on loopback alone, unless executors elsewhere must reach it. */
    private static final Map<String, String> LOCAL_SPARK_ENVIRONMENT =
            Map.of("MALLOC_ARENA_MAX", "2", "SPARK_LOCAL_IP", "127.0.0.1");

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Home home;
    private final Config config;
    private final ClassPaths classPaths;

    PlatformParts(Home home, Config config, ClassPaths classPaths) {
        this.home = home;
        this.config = config;
        this.classPaths = classPaths;
    }

    static PartPlan kafka(Home home, KafkaServer.Ports ports) {
        return new PartPlan(
                KAFKA, () -> KafkaServer.prepare(home.root().resolve(KAFKA), ports, home.log(KAFKA)), PATIENCE);
    }

    static PartPlan cassandra(Home home, CassandraServer.Ports ports) {
        return new PartPlan(
                CASSANDRA,
                () -> CassandraServer.prepare(home.root().resolve(CASSANDRA), ports, home.log(CASSANDRA)),
                PATIENCE);
    }

    PartPlan serving() {
        return new PartPlan(SERVING, this::servingCommand, PATIENCE);
    }

    PartPlan speed() {
        return new PartPlan(
                SPEED, () -> sparkCommand(SPEED, "speed-layer", "io.bifocal.speed.SpeedJob", "-Xmx768m"), PATIENCE);
    }

    PartPlan archiver() {
        return new PartPlan(
                ARCHIVER,
                () -> sparkCommand(ARCHIVER, "batch-layer", "io.bifocal.batch.ArchiverMain", "-Xmx640m"),
                PATIENCE);
    }

    private ServerCommand servingCommand() {
        Path application = classPaths.directory("serving-layer", "quarkus-app");
        List<String> options = new ArrayList<>(List.of("-Xmx256m", "-XX:+UseSerialGC", "-Xss512k"));
        // Arrow keeps its buffers outside the heap.
        options.add("--add-opens=java.base/java.nio=ALL-UNNAMED");
        options.addAll(common(SERVING));
        // Above any QUARKUS_… in the environment.
        options.add("-Dquarkus.http.host=" + config.text(Config.Key.HTTP_HOST));
        options.add("-Dquarkus.http.port=" + config.text(Config.Key.HTTP_PORT));
        HealthProbe health = HealthProbe.of(config);
        return command(
                SERVING,
                "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
                List.of(application.resolve("quarkus-run.jar")),
                options,
                health::ready);
    }

    private ServerCommand sparkCommand(String name, String module, String mainClass, String heap) {
        Path ready = home.run().resolve(name + ".ready");
        List<String> options = new ArrayList<>(List.of(heap));
        options.addAll(config.words(Config.Key.SPARK_JVM_OPTIONS));
        options.addAll(SparkJvm.options());
        options.addAll(common(name));
        options.add("-D" + ReadyFile.PROPERTY + "=" + ready);
        return command(name, mainClass, classPaths.of(module), options, () -> announced(ready));
    }

    private List<String> common(String name) {
        return List.of(
                "-XX:+ExitOnOutOfMemoryError",
                "-Duser.timezone=UTC",
                "-Dfile.encoding=UTF-8",
                "-Djava.io.tmpdir=" + scratch(name),
                "-D" + Config.FILE_PROPERTY + "=" + home.platformProperties());
    }

    private ServerCommand command(
            String name, String mainClass, List<Path> classPath, List<String> options, ServerCommand.Probe ready) {
        return new ServerCommand(
                name,
                new JavaCommand(mainClass, classPath, options, List.of()).line(),
                config.text(Config.Key.SPARK_MASTER).startsWith("local") ? LOCAL_SPARK_ENVIRONMENT : ENVIRONMENT,
                home.log(name),
                home.run().resolve(name + ".pid"),
                ready);
    }

    private Path scratch(String name) {
        try {
            return Files.createDirectories(home.scratch().resolve(name));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The file outlives its process; the pid in it tells whether it is this process's. */
    private static boolean announced(Path ready) {
        try {
            return Files.exists(ready)
                    && ProcessHandle.of(Long.parseLong(Files.readString(ready)))
                            .map(ProcessHandle::isAlive)
                            .orElse(false);
        } catch (IOException | NumberFormatException halfWritten) {
            return false;
        }
    }
}
