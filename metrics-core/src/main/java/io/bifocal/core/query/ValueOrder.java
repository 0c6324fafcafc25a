package io.bifocal.core.query;

import java.math.BigDecimal;
import java.util.Comparator;

/** How values of answers compare: texts by their UTF-8 bytes, numbers by their size, nulls by nobody. */
final class ValueOrder {
    private static final int FIRST_SURROGATE = 0xD800;
    private static final int ABOVE_SURROGATES = 0xE000;

    /** Of values of one type, none of them null. */
    static final Comparator<Object> VALUES = ValueOrder::compare;

    private ValueOrder() {}

    @SuppressWarnings("unchecked") // values of one column have one type
    private static int compare(Object left, Object right) {
        if (left instanceof String text && right instanceof String other) {
            return compareTexts(text, other);
        }
        if (left.getClass() == right.getClass()) {
            return ((Comparable<Object>) left).compareTo(right);
        }
        return number(left).compareTo(number(right));
    }

    private static BigDecimal number(Object value) {
        return value instanceof BigDecimal decimal ? decimal : new BigDecimal(value.toString());
    }

    /** By code points, which is the order of UTF-8 bytes; {@link String#compareTo} puts surrogates before U+E000. */
    static int compareTexts(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                return Integer.compare(weight(a), weight(b));
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    private static int weight(char unit) {
        if (unit < FIRST_SURROGATE) {
            return unit;
        }
        return unit >= ABOVE_SURROGATES ? unit : unit + 0x10000;
    }
}
