package io.bifocal.serving.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.error.BifocalException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionParserTest {
    @Test
    void readsASelector() {
        Expression.Selector selector = ExpressionParser.parseSelector(
                " retail_revenue { country = \"a\\\"b\\n\", city!='x' , zip =~ `\\d+`, land!~\"D.*\", } ");
        assertThat(selector.name()).contains("retail_revenue");
        List<Matcher> conditions = selector.conditions();
        assertThat(conditions).extracting(Matcher::label).containsExactly("country", "city", "zip", "land");
        assertThat(conditions.get(0).equal()).contains("a\"b\n");
        assertThat(conditions.get(1).matches("x")).isFalse();
        assertThat(conditions.get(1).matches("")).isTrue();
        assertThat(conditions.get(2).matches("1234")).isTrue();
        assertThat(conditions.get(2).matches("1234x")).isFalse();
        assertThat(conditions.get(3).matches("DE")).isFalse();
        assertThat(conditions.get(3).matches("FR")).isTrue();
    }

    @Test
    void readsNamesThatStandAmongTheMatchers() {
        Expression.Selector selector = ExpressionParser.parseSelector("{__name__=~\"retail_.*\"}");
        assertThat(selector.name()).isEmpty();
        assertThat(selector.names().get(0).matches("retail_units")).isTrue();
    }

    @Test
    void readsSums() {
        assertThat(ExpressionParser.parse("1+1")).isEqualTo(new Expression.Scalar(2));
        assertThat(ExpressionParser.parse(" 1.5 + 2e3 ")).isEqualTo(new Expression.Scalar(2001.5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "a b",
                "rate(a[5m])",
                "sum by (x) (a)",
                "a[5m]",
                "a offset 5m",
                "a + b",
                "a{",
                "a{x}",
                "a{x=}",
                "a{x=\"",
                "a{x=\"y\" z=\"w\"}",
                "a{x=\"\\q\"}",
                "a{x=~\"(\"}",
                "1+",
                "-1"
            })
    void refusesTheRest(String text) {
        assertThatThrownBy(() -> ExpressionParser.parse(text)).isInstanceOf(BifocalException.class);
    }
}
