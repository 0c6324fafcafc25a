package io.bifocal.infra.ingest;

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

/** What every Kafka client is configured with beside its own settings, such as security. */
public final class KafkaSettings {
    private KafkaSettings() {}

    /** Those of the file that {@code kafka.client-config} names, with the platform's bootstrap servers. */
    public static Map<String, String> of(Config config) {
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
        Map<String, String> settings = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        settings.put("bootstrap.servers", config.text(Config.Key.KAFKA_BOOTSTRAP_SERVERS));
        return settings;
    }
}
