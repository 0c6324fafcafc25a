package io.bifocal.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DerivedExpressionTest {
    private final Map<String, Object> values = new HashMap<>(Map.of(
            "two", 2L, "three", 3L, "zero", 0L, "huge", Long.MAX_VALUE, "cents", new BigDecimal("0.10"), "half", 0.5));

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
            two + three * two, 8
            (two + three) * two, 10
            two - three - two, -3
            -two * -three, 6
            - (two - three), 1
            --two, 2
            7 - -two, 9
            """)
    void computesWholeNumbers(String expression, long expected) {
        assertThat(evaluate(expression)).isEqualTo(expected);
    }

    @Test
    void addsDecimalsExactly() {
        assertThat(evaluate("cents + cents + cents")).isEqualTo(new BigDecimal("0.30"));
        assertThat(evaluate("cents * two - 0.05")).isEqualTo(new BigDecimal("0.15"));
        assertThat(evaluate("-cents")).isEqualTo(new BigDecimal("-0.10"));
    }

    @Test
    void neverWraps() {
        assertThat(evaluate("huge + 1")).isEqualTo(new BigInteger("9223372036854775808"));
        assertThat(evaluate("huge * huge - huge * huge")).isEqualTo(0L);
        assertThat(evaluate("-(-huge - 1)")).isEqualTo(new BigInteger("9223372036854775808"));
        assertThat(evaluate("huge + cents")).isEqualTo(new BigDecimal("9223372036854775807.10"));
    }

    @Test
    void dividesIntoDoubles() {
        assertThat(evaluate("three / two")).isEqualTo(1.5);
        assertThat(evaluate("two / two")).isEqualTo(1.0);
        assertThat(evaluate("cents / three")).isEqualTo(0.1 / 3);
        assertThat(evaluate("two / three / two")).isEqualTo(2.0 / 3 / 2);
    }

    @Test
    void mixesDoublesIn() {
        assertThat(evaluate("half + two")).isEqualTo(2.5);
        assertThat(evaluate("1e1 * two")).isEqualTo(20.0);
        assertThat(evaluate("-half")).isEqualTo(-0.5);
    }

    @Test
    void givesNullForNullAndForDivisionByZero() {
        assertThat(evaluate("missing + two")).isNull();
        assertThat(evaluate("-missing")).isNull();
        assertThat(evaluate("two / zero")).isNull();
        assertThat(evaluate("half / zero")).isNull();
        assertThat(evaluate("two / (cents - cents)")).isNull();
        assertThat(evaluate("two / zero + two")).isNull();
    }

    @Test
    void givesNullWhereADoubleIsNotFinite() {
        assertThat(evaluate("1e300 * 1e300")).isNull();
    }

    @Test
    void refusesToComputeWithText() {
        values.put("name", "France");

        assertThatThrownBy(() -> evaluate("name + 1")).hasMessage("arithmetic needs numbers, not a String");
    }

    @Test
    void dividesRatiosAlike() {
        assertThat(Arithmetic.divide(1L, 3L)).isEqualTo(1.0 / 3);
        assertThat(Arithmetic.divide(new BigDecimal("9747747.934"), 25900L)).isEqualTo(9747747.934 / 25900);
        assertThat(Arithmetic.divide(1L, 0L)).isNull();
        assertThat(Arithmetic.divide(null, 1L)).isNull();
    }

    @Test
    void tellsTheNamesInOrder() {
        assertThat(DerivedExpression.parse("b / (a + b) * 2").names()).containsExactly("b", "a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            l + l       | long
            -l * 2      | long
            l / l       | double
            l + d       | double
            m + n       | decimal(13,4)
            m * n       | decimal(22,6)
            m - l       | decimal(22,2)
            m * 1.5     | decimal(12,3)
            big * big   | decimal(38,20)
            -m          | decimal(10,2)
            """)
    void infersTypes(String expression, String type) {
        Map<String, ValueType> types = Map.of(
                "l", ValueType.LONG,
                "d", ValueType.DOUBLE,
                "m", ValueType.decimal(10, 2),
                "n", ValueType.decimal(12, 4),
                "big", ValueType.decimal(38, 10));

        assertThat(DerivedExpression.parse(expression).type(types::get)).hasToString(type);
    }

    @Test
    void refusesToInferATypeOfText() {
        assertThatThrownBy(() -> DerivedExpression.parse("a").type(name -> ValueType.STRING))
                .hasMessage("arithmetic needs numbers, not a string");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            ''       | expected a metric, a number or `(`, but it ends
            a +      | expected a metric, a number or `(`, but it ends
            a b      | expected an operator (+ - * /), but found `b` at character 3
            (a       | expected `)`, but it ends
            a)       | expected an operator (+ - * /), but found `)` at character 2
            a % b    | expected an operator (+ - * /), but found `%` at character 3
            sum(a)   | expected an operator (+ - * /), but found `(` at character 4
            'a + ,'  | expected a metric, a number or `(`, but found `,` at character 5
            1.2.3    | expected an operator (+ - * /), but found `.` at character 4
            """)
    void refusesWhatIsNotArithmetic(String expression, String message) {
        assertThatThrownBy(() -> DerivedExpression.parse(expression)).hasMessage(message);
    }

    @Test
    void refusesWhatWouldExhaustTheStack() {
        assertThatThrownBy(() -> DerivedExpression.parse("(".repeat(100_000)))
                .hasMessage("it has more than 2000 characters");
    }

    private Object evaluate(String expression) {
        return DerivedExpression.parse(expression).evaluate(values::get);
    }
}
