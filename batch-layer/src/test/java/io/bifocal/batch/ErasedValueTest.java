package io.bifocal.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.model.Model;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErasedValueTest {
    @ParameterizedTest
    @CsvSource({
        "6, 6, true",
        "6, store 6, true",
        "6, 6.0, true",
        "6, 6.5, false",
        "6, -6, false",
        "6, 16, false",
        "6, 6e3, false",
        "6, store-6, false",
        "6, '{\"store\":6,\"sum\":61}', true",
        "6, '{\"store\":61}', false",
        "6, 'It was 6.', true",
    })
    void aNumberIsFoundInTextWhereNothingMakesItAnother(String value, String text, boolean found) {
        assertThat(erased("amount", value).isIn(text)).isEqualTo(found);
    }

    @ParameterizedTest
    @CsvSource({
        "C1, C1, true",
        "C1, 'customer=C1,FR', true",
        "C1, C12, false",
        "C1, XC1, false",
        "C1, c1, false",
        "a.b, axb, false",
        "Zoë, 'Zoë!', true",
        "Zo, Zoë, false",
    })
    void aWordIsFoundInTextWhereNoLetterAndNoDigitIsBesideIt(String value, String text, boolean found) {
        assertThat(erased("country", value).isIn(text)).isEqualTo(found);
        assertThat(erased("country", value).isIn(text.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(found);
    }

    @Test
    void anEventHasANumberHoweverItIsWritten() {
        Object[] event = {"1", null, "FR", new BigDecimal("6.00")};
        assertThat(erased("amount", "6").isIn(event)).isTrue();
        assertThat(erased("amount", "6e0").isIn(event)).isTrue();
        assertThat(erased("amount", "60").isIn(event)).isFalse();
        assertThat(erased("country", "fr").isIn(event)).isFalse();
        assertThat(erased("id", "1").isIn(new Object[4])).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"amount, six", "amount, 6e1234", "amount, ' 6'", "at, yesterday", "town, Paris"})
    void aValueOfAnotherTypeAndAnUnknownColumnAreRefused(String column, String value) {
        assertThatThrownBy(() -> erased(column, value))
                .isInstanceOfSatisfying(BifocalException.class, error -> assertThat(error.code())
                        .isEqualTo(ErrorCode.BAD_REQUEST));
    }

    private static ErasedValue erased(String column, String value) {
        Model model = Shop.definition().model();
        return ErasedValue.of(model, column, value);
    }
}
