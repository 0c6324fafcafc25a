package io.bifocal.infra.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.ModelFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShopEventsTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    private static final int COUNT = 5_000;

    private static List<String> events(long seed) {
        ShopEvents events = new ShopEvents(seed, "t");
        List<String> payloads = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            payloads.add(new String(events.next(NOW), StandardCharsets.UTF_8));
        }
        return payloads;
    }

    @Test
    void theSameSeedGivesTheSameEvents() {
        assertThat(events(1)).isEqualTo(events(1)).isNotEqualTo(events(2));
    }

    @Test
    void hasLateDuplicateAndMalformedEventsAmongOrderlyOnes() {
        Set<String> seen = new HashSet<>();
        int late = 0;
        int duplicate = 0;
        int malformed = 0;
        for (String event : events(7)) {
            duplicate += seen.add(event) ? 0 : 1;
            Instant at = time(event);
            malformed += at == null ? 1 : 0;
            late += at != null && at.isBefore(NOW.minusSeconds(60)) ? 1 : 0;
        }

        assertThat(late).isBetween(50, 150);
        assertThat(duplicate).isBetween(20, 100);
        assertThat(malformed).isBetween(2, 40);
    }

    /** Null where the event has none, or is no JSON. */
    private static Instant time(String event) {
        try {
            JsonNode at = new JsonMapper().readTree(event).path("at");
            return at.isMissingNode() ? null : Instant.parse(at.asText());
        } catch (JsonProcessingException malformed) {
            return null;
        }
    }

    @Test
    void itsModelIsRight() throws IOException {
        try (InputStream in = ShopEvents.class.getResourceAsStream("shop.yml")) {
            Model model = ModelFile.parse("shop.yml", new String(in.readAllBytes(), StandardCharsets.UTF_8));

            assertThat(model.name()).isEqualTo("shop");
            assertThat(model.identity()).containsExactly("event_id");
        }
    }
}
