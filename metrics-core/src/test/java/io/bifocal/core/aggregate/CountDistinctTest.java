package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import org.junit.jupiter.api.Nested;

class CountDistinctTest {
    @Nested
    class OfLongs extends TypedLaws {
        OfLongs() {
            super("count_distinct", ValueType.LONG, PlainResults::distinct);
        }

        @Override
        protected Object resultOfNothing() {
            return 0L;
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfDoubles extends TypedLaws {
        OfDoubles() {
            super("count_distinct", ValueType.DOUBLE, PlainResults::distinct);
        }

        @Override
        protected Object resultOfNothing() {
            return 0L;
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfDecimals extends TypedLaws {
        OfDecimals() {
            super("count_distinct", ValueType.decimal(10, 2), PlainResults::distinct);
        }

        @Override
        protected Object resultOfNothing() {
            return 0L;
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfWideDecimals extends TypedLaws {
        OfWideDecimals() {
            super("count_distinct", ValueType.decimal(38, 4), PlainResults::distinct);
        }

        @Override
        protected Object resultOfNothing() {
            return 0L;
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfStrings extends TypedLaws {
        OfStrings() {
            super("count_distinct", ValueType.STRING, PlainResults::distinct);
        }

        @Override
        protected Object resultOfNothing() {
            return 0L;
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfTimestamps extends TypedLaws {
        OfTimestamps() {
            super("count_distinct", ValueType.TIMESTAMP, PlainResults::distinct);
        }

        @Override
        protected Object resultOfNothing() {
            return 0L;
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }

    @Nested
    class OfBooleans extends TypedLaws {
        OfBooleans() {
            super("count_distinct", ValueType.BOOLEAN, PlainResults::distinct);
        }

        @Override
        protected Object resultOfNothing() {
            return 0L;
        }

        @Override
        protected boolean canonical() {
            return true;
        }
    }
}
