package io.bifocal.core.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.query.Query.Filter;
import io.bifocal.core.query.Query.Operator;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConditionTest {
    private static final List<Object> TEXTS = Arrays.asList("France", "Germany", "fr", "", null);

    @Test
    void comparesTexts() {
        assertThat(kept(Operator.EQUALS, "France", "fr")).containsExactly("France", "fr");
        assertThat(kept(Operator.EQUALS, "France", null)).containsExactly("France", null);
        assertThat(kept(Operator.NOT_EQUALS, "France", "fr")).containsExactly("Germany", "", null);
        assertThat(kept(Operator.NOT_EQUALS, "France", null)).containsExactly("Germany", "fr", "");
        assertThat(kept(Operator.CONTAINS, "r", "many")).containsExactly("France", "Germany", "fr");
        assertThat(kept(Operator.NOT_CONTAINS, "ran", "many")).containsExactly("fr", "", null);
        assertThat(kept(Operator.STARTS_WITH, "F", "G")).containsExactly("France", "Germany");
        assertThat(kept(Operator.GT, "France")).containsExactly("Germany", "fr");
        assertThat(kept(Operator.GTE, "France")).containsExactly("France", "Germany", "fr");
        assertThat(kept(Operator.LT, "France")).containsExactly("");
        assertThat(kept(Operator.LTE, "France")).containsExactly("France", "");
        assertThat(kept(Operator.SET)).containsExactly("France", "Germany", "fr", "");
        assertThat(kept(Operator.NOT_SET)).containsExactly((Object) null);
    }

    @Test
    void comparesEveryType() {
        assertThat(holds(Operator.GT, ValueType.LONG, new BigDecimal("9"), 10L)).isTrue();
        assertThat(holds(Operator.EQUALS, ValueType.LONG, "10", 10L)).isTrue();
        assertThat(holds(Operator.EQUALS, ValueType.decimal(9, 2), new BigDecimal("1.5"), new BigDecimal("1.50")))
                .isTrue();
        assertThat(holds(Operator.LTE, ValueType.DOUBLE, new BigDecimal("0.5"), 0.5))
                .isTrue();
        assertThat(holds(Operator.EQUALS, ValueType.BOOLEAN, "false", false)).isTrue();
        assertThat(holds(Operator.EQUALS, ValueType.BOOLEAN, true, null)).isFalse();
        assertThat(holds(
                        Operator.LT,
                        ValueType.TIMESTAMP,
                        "2026-01-01T01:00:00+01:00",
                        Instant.parse("2025-12-31T23:59:59Z")))
                .isTrue();
    }

    @Test
    void refusesWhatDoesNotFit() {
        refused(Operator.EQUALS, ValueType.LONG, "ten", "which is no long");
        refused(Operator.EQUALS, ValueType.LONG, new BigDecimal("1.5"), "which is no long");
        refused(Operator.EQUALS, ValueType.STRING, new BigDecimal("1"), "which is no string");
        refused(Operator.EQUALS, ValueType.BOOLEAN, "yes", "which is no boolean");
        refused(Operator.EQUALS, ValueType.TIMESTAMP, "today", "which is no timestamp");
        refused(Operator.CONTAINS, ValueType.LONG, "1", "contains is for texts");
        refused(Operator.GT, ValueType.LONG, null, "gt does not compare with null");
        refused(Operator.SET, ValueType.LONG, "1", "set takes no values");
        assertThatThrownBy(() -> Condition.of(new Filter("d", Operator.EQUALS, List.of()), ValueType.STRING))
                .hasMessageContaining("equals needs values");
    }

    private static Stream<Object> kept(Operator operator, Object... values) {
        return TEXTS.stream().filter(Condition.of(new Filter("d", operator, Arrays.asList(values)), ValueType.STRING));
    }

    private static boolean holds(Operator operator, ValueType type, Object wanted, Object value) {
        return Condition.of(new Filter("d", operator, Arrays.asList(wanted)), type)
                .test(value);
    }

    private static void refused(Operator operator, ValueType type, Object value, String problem) {
        assertThatThrownBy(() -> Condition.of(new Filter("d", operator, Arrays.asList(value)), type))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.BAD_QUERY))
                .hasMessageContaining(problem);
    }
}
