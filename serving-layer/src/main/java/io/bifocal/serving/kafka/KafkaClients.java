package io.bifocal.serving.kafka;

import io.bifocal.core.config.Config;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** This process' connections to Kafka. None is made before it is needed, so that a start does not wait for Kafka. */
@Singleton
@Startup
public class KafkaClients {
    private static final int REQUEST_TIMEOUT_MILLIS = 5_000;

    private final Properties shared;
    private Admin admin;

    KafkaClients(Config config) {
        this.shared = shared(config);
    }

    /** What every client is configured with. */
    Properties properties() {
        Properties copy = new Properties();
        copy.putAll(shared);
        return copy;
    }

    /** One for the whole process. */
    synchronized Admin admin() {
        if (admin == null) {
            Properties properties = properties();
            properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
            properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
            admin = Admin.create(properties);
        }
        return admin;
    }

    @PreDestroy
    synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }

    private static Properties shared(Config config) {
        Properties properties = new Properties();
        if (config.has(Config.Key.KAFKA_CLIENT_CONFIG)) {
            Path file = Path.of(config.text(Config.Key.KAFKA_CLIENT_CONFIG));
            try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                properties.load(reader);
            } catch (IOException failure) {
                throw Errors.of(
                        ErrorCode.BAD_CONFIG,
                        "Cannot read " + Config.Key.KAFKA_CLIENT_CONFIG.text() + ", " + file + ".",
                        "Check the path and its permissions.",
                        failure);
            }
        }
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, config.text(Config.Key.KAFKA_BOOTSTRAP_SERVERS));
        properties.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        return properties;
    }
}
