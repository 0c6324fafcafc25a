package io.bifocal.core.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The type of a column, a dimension or a metric's input. Java values: {@code String}, {@code Long}, {@code Double},
 * {@code BigDecimal} of exactly {@code scale} digits after the point, {@code Boolean}, {@code Instant} (microseconds).
 *
 * @param precision digits of a decimal, 1 to 38; 0 for other kinds
 * @param scale digits after a decimal's point; 0 for other kinds
 */
public record ValueType(Kind kind, int precision, int scale) {
    /** The kinds of values. */
    public enum Kind {
        STRING,
        LONG,
        DOUBLE,
        DECIMAL,
        BOOLEAN,
        TIMESTAMP
    }

    public static final ValueType STRING = new ValueType(Kind.STRING, 0, 0);
    public static final ValueType LONG = new ValueType(Kind.LONG, 0, 0);
    public static final ValueType DOUBLE = new ValueType(Kind.DOUBLE, 0, 0);
    public static final ValueType BOOLEAN = new ValueType(Kind.BOOLEAN, 0, 0);
    public static final ValueType TIMESTAMP = new ValueType(Kind.TIMESTAMP, 0, 0);

    private static final Pattern DECIMAL = Pattern.compile("decimal\\(\\s*(\\d{1,2})\\s*,\\s*(\\d{1,2})\\s*\\)");

    public static ValueType decimal(int precision, int scale) {
        return new ValueType(Kind.DECIMAL, precision, scale);
    }

    /** Reads {@code string | long | double | decimal(p,s) | boolean | timestamp}; empty where the text is none of these. */
    public static Optional<ValueType> parse(String text) {
        Matcher decimal = DECIMAL.matcher(text);
        if (decimal.matches()) {
            int precision = Integer.parseInt(decimal.group(1));
            int scale = Integer.parseInt(decimal.group(2));
            return precision >= 1 && precision <= 38 && scale <= precision
                    ? Optional.of(decimal(precision, scale))
                    : Optional.empty();
        }
        return switch (text) {
            case "string" -> Optional.of(STRING);
            case "long" -> Optional.of(LONG);
            case "double" -> Optional.of(DOUBLE);
            case "boolean" -> Optional.of(BOOLEAN);
            case "timestamp" -> Optional.of(TIMESTAMP);
            default -> Optional.empty();
        };
    }

    @JsonCreator
    static ValueType of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("not a type: " + text));
    }

    public boolean numeric() {
        return kind == Kind.LONG || kind == Kind.DOUBLE || kind == Kind.DECIMAL;
    }

    /** As a model file writes it. */
    @JsonValue
    @Override
    public String toString() {
        return kind == Kind.DECIMAL
                ? "decimal(" + precision + "," + scale + ")"
                : kind.name().toLowerCase(Locale.ROOT);
    }
}
