package io.bifocal.spark;

import io.bifocal.core.config.Config;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** What every Kafka client of the platform is configured with. */
public final class KafkaClients {
    private KafkaClients() {}

    /** The bootstrap servers, and what {@code kafka.client-config} says. */
    public static Map<String, String> properties(Config config) {
        Properties file = new Properties();
        String path = config.text(Config.Key.KAFKA_CLIENT_CONFIG);
        if (!path.isEmpty()) {
            try (Reader reader = Files.newBufferedReader(Path.of(path), StandardCharsets.UTF_8)) {
                file.load(reader);
            } catch (IOException failure) {
                throw Errors.of(
                        ErrorCode.BAD_CONFIG,
                        "Cannot read " + path + ": " + failure.getMessage(),
                        "Check " + Config.Key.KAFKA_CLIENT_CONFIG.text() + " and the file's permissions.",
                        failure);
            }
        }
        Map<String, String> properties = new TreeMap<>();
        file.stringPropertyNames().forEach(name -> properties.put(name, file.getProperty(name)));
        properties.put("bootstrap.servers", config.text(Config.Key.KAFKA_BOOTSTRAP_SERVERS));
        return properties;
    }
}
