package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import org.junit.jupiter.api.Nested;

class StandardDeviationTest {
    @Nested
    class OfLongs extends TypedLaws {
        OfLongs() {
            super("stddev", ValueType.LONG, PlainResults::deviation);
        }
    }

    @Nested
    class OfDecimals extends TypedLaws {
        OfDecimals() {
            super("stddev", ValueType.decimal(10, 2), PlainResults::deviation);
        }
    }

    @Nested
    class OfWideDecimals extends TypedLaws {
        OfWideDecimals() {
            super("stddev", ValueType.decimal(38, 4), PlainResults::deviation);
        }
    }

    @Nested
    class OfDoubles extends TypedLaws {
        OfDoubles() {
            super("stddev", ValueType.DOUBLE, PlainResults::deviation);
        }
    }
}
