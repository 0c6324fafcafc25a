package io.bifocal.batch;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.Column;
import io.bifocal.core.model.ValueType;
import java.io.Serializable;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What is to be erased: records in which a column has a value.
 *
 * @param column its place among the model's columns
 * @param text the value as it was given
 * @param word which finds it where no letter and no digit is beside it
 */
record ErasedValue(int column, ValueType.Kind kind, String text, Pattern word) implements Serializable {
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?");

    /**
     * @throws io.bifocal.core.error.BifocalException BAD_REQUEST where the model has no such column, or the value is not of
     *     its type
     */
    static ErasedValue of(Model model, String column, String text) {
        List<String> names = model.columns().stream().map(Column::name).toList();
        int index = names.indexOf(column);
        if (index < 0) {
            throw Errors.of(
                    ErrorCode.BAD_REQUEST,
                    "Model " + model.name() + " has no column " + column + ".",
                    "Its columns are " + String.join(", ", names) + ".");
        }
        ValueType type = model.columns().get(index).type();
        try {
            ErasedValue value = new ErasedValue(index, type.kind(), text, word(text, number(type.kind())));
            value.requireOfType();
            return value;
        } catch (DateTimeException | IllegalArgumentException other) {
            throw Errors.of(
                    ErrorCode.BAD_REQUEST,
                    "The value is no " + type + ", which column " + column + " holds.",
                    "Give a value of that type.");
        }
    }

    private void requireOfType() {
        switch (kind) {
            case LONG, DOUBLE, DECIMAL -> {
                if (!NUMBER.matcher(text).matches()) {
                    throw new IllegalArgumentException();
                }
            }
            case TIMESTAMP -> instant();
            case STRING, BOOLEAN -> {
                // Compared as text.
            }
        }
    }

    /** Whether an event's column has the value. */
    boolean isIn(Object[] columns) {
        Object value = columns[column];
        if (value == null) {
            return false;
        }
        return switch (kind) {
            case STRING, BOOLEAN -> value.toString().equals(text);
            case LONG, DOUBLE, DECIMAL -> new BigDecimal(value.toString()).compareTo(new BigDecimal(text)) == 0;
            case TIMESTAMP -> value.equals(instant());
        };
    }

    /** Whether a value that was computed from events is the value, or holds it as a word of its own. */
    boolean isIn(String computed) {
        boolean equal = number(kind)
                && NUMBER.matcher(computed).matches()
                && new BigDecimal(computed).compareTo(new BigDecimal(text)) == 0;
        return equal || word.matcher(computed).find();
    }

    /** Whether bytes that are no event, or an event's key, hold the value as a word of their own. */
    boolean isIn(byte[] bytes) {
        if (bytes == null) {
            return false;
        }
        return word.matcher(new String(bytes, StandardCharsets.UTF_8)).find();
    }

    private static boolean number(ValueType.Kind kind) {
        return kind == ValueType.Kind.LONG || kind == ValueType.Kind.DOUBLE || kind == ValueType.Kind.DECIMAL;
    }

    /** Of a number, a sign or a fraction beside it makes another. */
    private static Pattern word(String text, boolean number) {
        String before = number ? "(?<![\\p{L}\\p{N}.+-])" : "(?<![\\p{L}\\p{N}])";
        String after = number ? "(?![\\p{L}\\p{N}]|\\.\\p{N})" : "(?![\\p{L}\\p{N}])";
        return Pattern.compile(before + Pattern.quote(text) + after);
    }

    private Instant instant() {
        return OffsetDateTime.parse(text).toInstant();
    }
}
