package io.bifocal.serving.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AlertMessageTest {
    @Test
    void identifiesAnAlertAsPrometheusDoes() {
        // TestLabelsToSignature of github.com/prometheus/common/model
        assertThat(fingerprint(Map.of())).isEqualTo("%016x".formatted(Long.parseUnsignedLong("14695981039346656037")));
        assertThat(fingerprint(Map.of("name", "garland, briggs", "fear", "love is not enough")))
                .isEqualTo("%016x".formatted(5_799_056_148_416_392_346L));
    }

    private static String fingerprint(Map<String, String> labels) {
        return AlertMessage.fingerprint(new TreeMap<>(labels));
    }
}
