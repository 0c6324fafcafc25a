package io.bifocal.serving.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

    @Test
    void rejectsWhatCarriesNoEventAndTakesTheRestOfABatch() {
        String start = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",";
        String envelopes = "[" + start + "\"data_base64\":5}," + start + "\"data_base64\":{}}," + start
                + "\"data\":{\"d\":1e99999}}]";
        EventBatch batch = EventFormat.CLOUD_EVENTS.read(envelopes.getBytes(UTF_8));
        assertThat(batch.rejected()).hasSize(2).allSatisfy(rejected -> assertThat(rejected.reason())
                .contains("data_base64"));
        assertThat(new String(batch.events().get(0).value(), UTF_8)).isEqualTo("{\"d\":1E+99999}");
    }

    @Test
    void refusesAnEmptyBody() {
        assertThatThrownBy(() -> EventFormat.JSON.read(new byte[0])).hasMessageContaining("nothing");
    }
}
