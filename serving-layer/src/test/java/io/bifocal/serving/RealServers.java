package io.bifocal.serving;

import io.bifocal.core.config.Config;
import io.bifocal.infra.local.FreePorts;
import io.bifocal.infra.local.LocalCassandra;
import io.bifocal.infra.local.LocalKafka;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** Starts a real Kafka and a real Cassandra for the server under test, and configures it with them. */
public final class RealServers implements QuarkusTestResourceLifecycleManager {
    /** The system property that says on which port alerts are sent to. */
    public static final String ALERTS_PORT = "test.alerts.port";

    @Override
    public Map<String, String> start() {
        try {
            Path home = Files.createTempDirectory(Path.of("target"), "home").toAbsolutePath();
            Path classPath = Files.writeString(
                    home.resolve("child.classpath"),
                    Path.of("target", "test-classes").toAbsolutePath()
                            + File.pathSeparator
                            + System.getProperty("java.class.path"));
            int alertsPort = FreePorts.next();
            System.setProperty(ALERTS_PORT, Integer.toString(alertsPort));
            Properties properties = new Properties();
            properties.putAll(Map.of(
                    Config.Key.KAFKA_BOOTSTRAP_SERVERS.text(), LocalKafka.bootstrapServers(),
                    // One, so that a test knows where a record without a key went.
                    Config.Key.KAFKA_PARTITIONS.text(), "1",
                    Config.Key.CASSANDRA_CONTACT_POINTS.text(), LocalCassandra.contactPoint(),
                    Config.Key.ARCHIVE_URI.text(), home.resolve("lake").toUri().toString(),
                    Config.Key.HOME.text(), home.toString(),
                    Config.Key.BATCH_MEMORY.text(), "64m",
                    Config.Key.CLASSPATH_SPEED.text(), classPath.toString(),
                    Config.Key.CLASSPATH_BATCH.text(), classPath.toString(),
                    // Where nobody listens but a test that does.
                    Config.Key.ALERTS_WEBHOOK.text(), "http://127.0.0.1:" + alertsPort + "/alerts"));
            Path file = home.resolve("platform.properties");
            try (Writer writer = Files.newBufferedWriter(file)) {
                properties.store(writer, null);
            }
            System.setProperty(Config.FILE_PROPERTY, file.toString());
            // Tests have another class loader, and would start servers of their own.
            System.setProperty(
                    "test.cassandra.pid",
                    Long.toString(LocalCassandra.server().process().pid()));
            System.setProperty(
                    "test.kafka.pid",
                    Long.toString(LocalKafka.server().process().pid()));
            return Map.of();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void stop() {
        System.clearProperty(Config.FILE_PROPERTY);
    }
}
