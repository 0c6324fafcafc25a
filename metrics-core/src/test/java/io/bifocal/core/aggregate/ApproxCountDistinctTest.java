package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import java.util.List;
import org.junit.jupiter.api.Nested;

class ApproxCountDistinctTest {
    @Nested
    class OfLongs extends TypedLaws {
        OfLongs() {
            super("approx_count_distinct", ValueType.LONG, PlainResults::distinct);
        }

        @Override
        protected Object resultOfNothing() {
            return 0L;
        }

        /** A sketch remembers whether it was merged. */
        @Override
        protected boolean canonical() {
            return false;
        }

        @Override
        protected List<Integer> sizes() {
            return List.of(0, 1, 100, 3_000, 100_000);
        }
    }

    @Nested
    class OfStrings extends TypedLaws {
        OfStrings() {
            super("approx_count_distinct", ValueType.STRING, PlainResults::distinct);
        }

        @Override
        protected Object resultOfNothing() {
            return 0L;
        }

        /** A sketch remembers whether it was merged. */
        @Override
        protected boolean canonical() {
            return false;
        }

        @Override
        protected List<Integer> sizes() {
            return List.of(0, 1, 100, 3_000, 100_000);
        }
    }

    @Nested
    class OfDoubles extends TypedLaws {
        OfDoubles() {
            super("approx_count_distinct", ValueType.DOUBLE, PlainResults::distinct);
        }

        @Override
        protected Object resultOfNothing() {
            return 0L;
        }

        /** A sketch remembers whether it was merged. */
        @Override
        protected boolean canonical() {
            return false;
        }

        @Override
        protected List<Integer> sizes() {
            return List.of(0, 1, 100, 3_000, 100_000);
        }
    }
}
