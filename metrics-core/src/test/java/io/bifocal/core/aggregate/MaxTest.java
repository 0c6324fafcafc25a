package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import org.junit.jupiter.api.Nested;

class MaxTest {
    @Nested
    class OfLongs extends TypedLaws {
        OfLongs() {
            super("max", ValueType.LONG, PlainResults::greatest);
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfDoubles extends TypedLaws {
        OfDoubles() {
            super("max", ValueType.DOUBLE, PlainResults::greatest);
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfDecimals extends TypedLaws {
        OfDecimals() {
            super("max", ValueType.decimal(10, 2), PlainResults::greatest);
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfWideDecimals extends TypedLaws {
        OfWideDecimals() {
            super("max", ValueType.decimal(38, 4), PlainResults::greatest);
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfStrings extends TypedLaws {
        OfStrings() {
            super("max", ValueType.STRING, PlainResults::greatest);
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfTimestamps extends TypedLaws {
        OfTimestamps() {
            super("max", ValueType.TIMESTAMP, PlainResults::greatest);
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfBooleans extends TypedLaws {
        OfBooleans() {
            super("max", ValueType.BOOLEAN, PlainResults::greatest);
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }
}
