package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import org.junit.jupiter.api.Nested;

class AverageTest {
    @Nested
    class OfLongs extends TypedLaws {
        OfLongs() {
            super("average", ValueType.LONG, PlainResults::average);
        }
    }

    @Nested
    class OfDecimals extends TypedLaws {
        OfDecimals() {
            super("average", ValueType.decimal(10, 2), PlainResults::average);
        }
    }

    @Nested
    class OfWideDecimals extends TypedLaws {
        OfWideDecimals() {
            super("average", ValueType.decimal(38, 4), PlainResults::average);
        }
    }

    @Nested
    class OfDoubles extends TypedLaws {
        OfDoubles() {
            super("average", ValueType.DOUBLE, PlainResults::average);
        }
    }
}
