package io.bifocal.serving;

import io.bifocal.core.config.Config;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Tells Quarkus what the platform's configuration says about it: where to listen. Above {@code application.properties},
 * below environment and system properties of Quarkus' own.
 */
public final class PlatformConfigSource implements ConfigSource {
    private static final int ABOVE_APPLICATION_PROPERTIES = 260;

    private final Map<String, String> values;

    public PlatformConfigSource() {
        Config config = Config.load();
        this.values = Map.of(
                "quarkus.http.host",
                config.text(Config.Key.HTTP_HOST),
                "quarkus.http.port",
                config.text(Config.Key.HTTP_PORT));
    }

    @Override
    public Set<String> getPropertyNames() {
        return values.keySet();
    }

    @Override
    public String getValue(String name) {
        return values.get(name);
    }

    @Override
    public int getOrdinal() {
        return ABOVE_APPLICATION_PROPERTIES;
    }

    @Override
    public String getName() {
        return "bifocal";
    }
}
