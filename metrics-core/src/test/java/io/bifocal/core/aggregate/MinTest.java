package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import org.junit.jupiter.api.Nested;

class MinTest {
    @Nested
    class OfLongs extends TypedLaws {
        OfLongs() {
            super("min", ValueType.LONG, PlainResults::least);
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfDoubles extends TypedLaws {
        OfDoubles() {
            super("min", ValueType.DOUBLE, PlainResults::least);
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfDecimals extends TypedLaws {
        OfDecimals() {
            super("min", ValueType.decimal(10, 2), PlainResults::least);
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfWideDecimals extends TypedLaws {
        OfWideDecimals() {
            super("min", ValueType.decimal(38, 4), PlainResults::least);
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfStrings extends TypedLaws {
        OfStrings() {
            super("min", ValueType.STRING, PlainResults::least);
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfTimestamps extends TypedLaws {
        OfTimestamps() {
            super("min", ValueType.TIMESTAMP, PlainResults::least);
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfBooleans extends TypedLaws {
        OfBooleans() {
            super("min", ValueType.BOOLEAN, PlainResults::least);
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }
}
