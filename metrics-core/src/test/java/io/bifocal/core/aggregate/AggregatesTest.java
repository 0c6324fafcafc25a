package io.bifocal.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.model.Aggregation;
import io.bifocal.core.model.ValueType;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AggregatesTest {
    @Test
    void everySupportedNameHasAnAggregateOfItsOwn() {
        assertThat(Arrays.stream(Aggregation.values())
                        .map(name -> Aggregates.of(AggregateLaws.metric(name.text()), ValueType.LONG)
                                .id()))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sum", "average", "stddev", "variance", "percentile"})
    void refusesNumbersOfAString(String aggregation) {
        assertThatThrownBy(() -> Aggregates.of(AggregateLaws.metric(aggregation), ValueType.STRING))
                .isInstanceOf(BifocalException.class)
                .hasMessage("Metric m has an expr of type string, which does not fit agg " + aggregation + ".");
    }

    @Test
    void refusesAnAggregationOfNothing() {
        assertThatThrownBy(() -> Aggregates.of(AggregateLaws.metric("sum"), null))
                .isInstanceOf(BifocalException.class)
                .hasMessage("Metric m has no expr to aggregate, which is needed by agg sum.");
    }

    @Test
    void refusesAnUnknownAggregationAndNamesTheKnown() {
        assertThatThrownBy(() -> Aggregates.of(AggregateLaws.metric("mode", Optional.empty()), ValueType.LONG))
                .isInstanceOfSatisfying(BifocalException.class, fault -> assertThat(fault.remedy())
                        .contains("count_distinct"));
    }
}
