package io.bifocal.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.model.ValueType;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class ExactTotalTest {
    @Test
    void neverWraps() {
        ExactTotal total = new ExactTotal();
        for (int i = 0; i < 3; i++) {
            total.add(Long.MAX_VALUE);
        }
        assertThat(total.number()).isEqualTo(BigInteger.valueOf(Long.MAX_VALUE).multiply(BigInteger.valueOf(3)));
        total.add(-Long.MAX_VALUE);
        total.add(-Long.MAX_VALUE);
        assertThat(total.number()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void writesEqualTotalsAlikeHoweverTheyCameAbout() {
        ExactTotal around = new ExactTotal();
        around.add(Long.MIN_VALUE);
        around.add(-5);
        around.add(Long.MAX_VALUE);
        around.add(13);
        ExactTotal straight = new ExactTotal();
        straight.add(7);
        assertThat(bytes(around)).isEqualTo(bytes(straight));
    }

    @Test
    void refusesADecimalWithMoreDigitsThanItsType() {
        ExactSum sum = new ExactSum(ValueType.decimal(10, 2));
        assertThatThrownBy(() -> sum.add(sum.zero(), new BigDecimal("1.005"), null))
                .isInstanceOf(ArithmeticException.class);
        assertThat(sum.result(sum.add(sum.zero(), new BigDecimal("1.5"), null))).isEqualTo(new BigDecimal("1.50"));
    }

    @Test
    void squaresWithoutOverflow() {
        ExactTotal total = new ExactTotal();
        total.addSquare(Long.MIN_VALUE, 0);
        assertThat(total.value()).isEqualTo(BigInteger.ONE.shiftLeft(126));
    }

    private static byte[] bytes(ExactTotal total) {
        StateWriter out = new StateWriter();
        total.encode(out);
        return out.toByteArray();
    }
}
