package io.bifocal.serving.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.bifocal.core.config.Config;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookTest {
    @Test
    void isThereWhereItIsConfigured() {
        assertThat(Webhook.of(Config.of(Map.of(), Map.of()))).isEmpty();
        assertThat(Webhook.of(configured("https://example.org/hook?token=1"))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.org/secret", "ftp://example.org/secret", "http:///secret", "http://a b/secret"})
    void refusesWhatIsNoAddressAndDoesNotQuoteIt(String address) {
        BifocalException refused = catchThrowableOfType(BifocalException.class, () -> Webhook.of(configured(address)));

        assertThat(refused.code()).isEqualTo(ErrorCode.BAD_CONFIG);
        assertThat(refused).hasMessage("alerts.webhook is not the address of a web server.");
        assertThat(refused.remedy()).doesNotContain("secret");
    }

    private static Config configured(String address) {
        return Config.of(Map.of(Config.Key.ALERTS_WEBHOOK.text(), address), Map.of());
    }
}
