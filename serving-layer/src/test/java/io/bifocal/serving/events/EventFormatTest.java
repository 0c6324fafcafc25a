package io.bifocal.serving.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventFormatTest {
    @Test
    void leavesTheBytesOfLinesAsTheyAre() {
        String event = "{\"price\": 1.50,  \"name\": \"\u00e9\"}";
        EventBatch batch = EventFormat.NDJSON.read(("  " + event + " \r\n").getBytes(UTF_8));
        assertThat(batch.events()).hasSize(1);
        assertThat(new String(batch.events().get(0).value(), UTF_8)).isEqualTo(event);
    }

    @Test
    void keepsAllDigitsOfNumbersInEnvelopes() {
        String envelope = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\","
                + "\"data\":{\"price\":12345678901234567890.1234567890123400}}";
        EventBatch batch = EventFormat.CLOUD_EVENT.read(envelope.getBytes(UTF_8));
        assertThat(new String(batch.events().get(0).value(), UTF_8))
                .isEqualTo("{\"price\":12345678901234567890.1234567890123400}");
    }
}
