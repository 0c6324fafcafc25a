package io.bifocal.serving;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.core.config.Config;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** What every bean of this module may be given. */
@Singleton
final class Producers {
    @Produces
    @Singleton
    Config config() {
        return Config.load();
    }

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    /** Decimals as plain numbers with all their digits. */
    @Produces
    @Singleton
    ObjectMapperCustomizer plainNumbers() {
        return new ObjectMapperCustomizer() {
            @Override
            public void customize(ObjectMapper mapper) {
                mapper.enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);
            }
        };
    }
}
