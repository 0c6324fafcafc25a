package io.bifocal.infra.local;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** One Kafka broker that is its own controller, on loopback; its data outlives it. */
public final class KafkaServer implements AutoCloseable {
    /** Where it listens. */
    public record Ports(int broker, int controller) {
        public static Ports free() {
            return new Ports(FreePorts.next(), FreePorts.next());
        }
    }

    private static final Duration START_PATIENCE = Duration.ofMinutes(2);
    private static final long FORMAT_PATIENCE_SECONDS = 60;

    private final Ports ports;
    private final ServerProcess server;

    private KafkaServer(Ports ports, ServerProcess server) {
        this.ports = ports;
        this.server = server;
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @param home where its data and configuration are, or will be
     */
    public static KafkaServer start(Path home, Ports ports, Path logFile) {
        ServerProcess server = ServerProcess.start(prepare(home, ports, logFile));
        server.awaitReady(START_PATIENCE);
        return new KafkaServer(ports, server);
    }

    /** Writes its configuration, formats its storage where that has not been done, and returns what starts it. */
    public static ServerCommand prepare(Path home, Ports ports, Path logFile) {
        Path base = home.toAbsolutePath().normalize();
        Path properties = base.resolve("server.properties");
        Template.write(
                "kafka.properties",
                Map.of(
                        "brokerPort",
                        ports.broker(),
                        "controllerPort",
                        ports.controller(),
                        "data",
                        base.resolve("data")),
                properties);
        if (!Files.exists(base.resolve("data/meta.properties"))) {
            format(properties, logFile);
        }
        return new ServerCommand(
                "Kafka",
                java("kafka.Kafka", List.of(properties.toString())),
                Map.of("MALLOC_ARENA_MAX", "2"),
                logFile,
                base.resolve("server.pid"),
                () -> Probes.kafkaAnswers(ports.broker()));
    }

    public Process process() {
        return server.process();
    }

    public Ports ports() {
        return ports;
    }

    /** What clients connect to. */
    public String bootstrapServers() {
        return bootstrapServers(ports);
    }

    public static String bootstrapServers(Ports ports) {
        return "127.0.0.1:" + ports.broker();
    }

    /** Stops it in order. */
    @Override
    public void close() {
        server.close();
    }

    /** As {@code kill -9}. */
    public void kill() {
        server.kill();
    }

    private static List<String> java(String mainClass, List<String> arguments) {
        List<Path> classPath = BuildTree.classPath("infra/kafka-server");
        return new JavaCommand(mainClass, classPath, Template.lines("kafka-jvm.options"), arguments).line();
    }

    private static void format(Path properties, Path logFile) {
        List<String> line = java(
                "kafka.tools.StorageTool",
                List.of("format", "--ignore-formatted", "-t", clusterId(), "-c", properties.toString()));
        try {
            Files.createDirectories(logFile.toAbsolutePath().getParent());
            Process process = new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()))
                    .start();
            if (!process.waitFor(FORMAT_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            } else if (process.exitValue() == 0) {
                return;
            }
        } catch (IOException failure) {
            throw cannotFormat(logFile, failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw cannotFormat(logFile, interrupted);
        }
        throw cannotFormat(logFile, null);
    }

    private static RuntimeException cannotFormat(Path logFile, Exception cause) {
        return Errors.of(ErrorCode.UNAVAILABLE, "Kafka's storage cannot be formatted.", "Read " + logFile + ".", cause);
    }

    /** A random id as Kafka writes them: a UUID in URL-safe base 64, which must not look like an option. */
    private static String clusterId() {
        while (true) {
            UUID id = UUID.randomUUID();
            String text = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(ByteBuffer.allocate(2 * Long.BYTES)
                            .putLong(id.getMostSignificantBits())
                            .putLong(id.getLeastSignificantBits())
                            .array());
            if (!text.startsWith("-")) {
                return text;
            }
        }
    }
}
