package io.bifocal.spark;

import io.bifocal.core.model.ValueType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Locale;

/**
 * Casts text into a column's type. Nothing is changed in silence: what does not fit exactly is malformed.
 *
 * <ul>
 *   <li>white space around the text is ignored, except in strings
 *   <li>long: a whole number, also written 3.0 or 3e2, within 64 bits
 *   <li>double: finite, for answers have no number for NaN and Infinity
 *   <li>decimal(p,s): at most p digits, and no digit but 0 beyond s after the point: to round would change sums
 *   <li>boolean: true, t, yes, y, 1, false, f, no, n, 0 in any case
 *   <li>timestamp: ISO-8601 ({@link IsoTime}); without a zone it is UTC
 * </ul>
 */
final class Casts {
    private static final int SHOWN_CHARACTERS = 80;

    private Casts() {}

    static Object cast(String column, ValueType type, String text) {
        if (type.kind() == ValueType.Kind.STRING) {
            return text;
        }
        Object value = castOrNull(type, text.strip());
        if (value == null) {
            throw new MalformedException("column " + column + ": " + quote(text) + " is not a " + describe(type));
        }
        return value;
    }

    /** Text as a reason shows it: quoted, and cut where it is long. */
    static String quote(String text) {
        return text.length() <= SHOWN_CHARACTERS
                ? "'" + text + "'"
                : "'" + text.substring(0, SHOWN_CHARACTERS) + "…' (" + text.length() + " characters)";
    }

    private static String describe(ValueType type) {
        return switch (type.kind()) {
            case DOUBLE -> "finite double";
            case TIMESTAMP -> "timestamp (ISO-8601)";
            default -> type.toString();
        };
    }

    private static Object castOrNull(ValueType type, String text) {
        return switch (type.kind()) {
            case STRING -> text;
            case LONG -> toLong(text);
            case DOUBLE -> toDouble(text);
            case DECIMAL -> toDecimal(text, type);
            case BOOLEAN -> toBoolean(text);
            case TIMESTAMP -> toTimestamp(text);
        };
    }

    private static Long toLong(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException notPlain) {
            BigDecimal number = number(text);
            if (number == null) {
                return null;
            }
            try {
                return number.longValueExact();
            } catch (ArithmeticException notWhole) {
                return null;
            }
        }
    }

    private static Double toDouble(String text) {
        BigDecimal number = number(text);
        if (number == null) {
            return null;
        }
        double value = Double.parseDouble(text);
        return Double.isFinite(value) ? Double.valueOf(value + 0.0) : null;
    }

    private static BigDecimal toDecimal(String text, ValueType type) {
        BigDecimal number = number(text);
        return number == null ? null : fit(number, type);
    }

    /** The number with exactly the type's scale, or null where it does not fit. */
    static BigDecimal fit(BigDecimal number, ValueType type) {
        if (number.signum() == 0) {
            return BigDecimal.ZERO.setScale(type.scale());
        }
        // Asked before any digit is made: 1e999999999 must not fill the memory with zeros.
        if ((long) number.precision() - number.scale() > type.precision() - type.scale()) {
            return null;
        }
        if (number.scale() > type.scale() && number.scale() - (long) number.precision() >= type.scale()) {
            return null;
        }
        try {
            return number.setScale(type.scale(), RoundingMode.UNNECESSARY);
        } catch (ArithmeticException moreDigits) {
            return null;
        }
    }

    private static Boolean toBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "t", "yes", "y", "1" -> true;
            case "false", "f", "no", "n", "0" -> false;
            default -> null;
        };
    }

    private static Instant toTimestamp(String text) {
        long micros = IsoTime.micros(text, IsoTime.WithoutZone.IS_UTC);
        return micros == IsoTime.NONE ? null : IsoTime.instant(micros);
    }

    private static BigDecimal number(String text) {
        if (text.isEmpty() || text.length() > 400) {
            return null;
        }
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }
}
