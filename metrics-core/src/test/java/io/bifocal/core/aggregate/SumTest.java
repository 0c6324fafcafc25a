package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import org.junit.jupiter.api.Nested;

class SumTest {
    @Nested
    class OfLongs extends TypedLaws {
        OfLongs() {
            super("sum", ValueType.LONG, values -> PlainResults.sum(ValueType.LONG, values));
        }
    }

    @Nested
    class OfDecimals extends TypedLaws {
        OfDecimals() {
            super("sum", ValueType.decimal(10, 2), values -> PlainResults.sum(ValueType.decimal(10, 2), values));
        }
    }

    @Nested
    class OfWideDecimals extends TypedLaws {
        OfWideDecimals() {
            super("sum", ValueType.decimal(38, 4), values -> PlainResults.sum(ValueType.decimal(38, 4), values));
        }
    }

    @Nested
    class OfDoubles extends TypedLaws {
        OfDoubles() {
            super("sum", ValueType.DOUBLE, values -> PlainResults.sum(ValueType.DOUBLE, values));
        }
    }
}
