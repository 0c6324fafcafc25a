package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import org.junit.jupiter.api.Nested;

class VarianceTest {
    @Nested
    class OfLongs extends TypedLaws {
        OfLongs() {
            super("variance", ValueType.LONG, PlainResults::variance);
        }
    }

    @Nested
    class OfDecimals extends TypedLaws {
        OfDecimals() {
            super("variance", ValueType.decimal(10, 2), PlainResults::variance);
        }
    }

    @Nested
    class OfWideDecimals extends TypedLaws {
        OfWideDecimals() {
            super("variance", ValueType.decimal(38, 4), PlainResults::variance);
        }
    }

    @Nested
    class OfDoubles extends TypedLaws {
        OfDoubles() {
            super("variance", ValueType.DOUBLE, PlainResults::variance);
        }
    }
}
