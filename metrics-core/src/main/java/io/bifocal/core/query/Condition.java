package io.bifocal.core.query;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.model.ValueType.Kind;
import io.bifocal.core.query.Query.Filter;
import io.bifocal.core.query.Query.Operator;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A filter whose values have the dimension's type, ready to be asked of a dimension's value, which may be null. */
final class Condition {
    private Condition() {}

    /**
     * Compiles a filter.
     *
     * @throws BifocalException {@code BAD_QUERY} where the operator or a value does not fit the dimension's type
     */
    static Predicate<Object> of(Filter filter, ValueType type) {
        Operator operator = filter.operator();
        requireFit(filter, type);
        List<Object> values = new ArrayList<>();
        filter.values().forEach(value -> values.add(typed(filter, value, type)));
        return switch (operator) {
            case SET -> value -> value != null;
            case NOT_SET -> value -> value == null;
            case EQUALS -> any(values, Condition::same);
            case NOT_EQUALS -> any(values, Condition::same).negate();
            case CONTAINS -> any(values, Condition::contains);
            case NOT_CONTAINS -> any(values, Condition::contains).negate();
            case STARTS_WITH -> any(values, Condition::startsWith);
            case GT -> any(values, (value, bound) -> value != null && (compare(value, bound) > 0));
            case GTE -> any(values, (value, bound) -> value != null && (compare(value, bound) >= 0));
            case LT -> any(values, (value, bound) -> value != null && (compare(value, bound) < 0));
            case LTE -> any(values, (value, bound) -> value != null && (compare(value, bound) <= 0));
        };
    }

    private interface Match {
        boolean holds(Object value, Object wanted);
    }

    private static Predicate<Object> any(List<Object> values, Match match) {
        return value -> values.stream().anyMatch(wanted -> match.holds(value, wanted));
    }

    private static boolean same(Object value, Object wanted) {
        return (value == null || wanted == null) ? value == wanted : compare(value, wanted) == 0;
    }

    private static boolean contains(Object value, Object piece) {
        return value instanceof String text && text.contains((String) piece);
    }

    private static boolean startsWith(Object value, Object start) {
        return value instanceof String text && text.startsWith((String) start);
    }

    private static int compare(Object value, Object wanted) {
        return ValueOrder.VALUES.compare(value, wanted);
    }

    private static void requireFit(Filter filter, ValueType type) {
        Operator operator = filter.operator();
        boolean takesNone = operator == Operator.SET || operator == Operator.NOT_SET;
        if (takesNone != filter.values().isEmpty()) {
            throw bad(
                    filter,
                    takesNone ? "takes no values" : "needs values",
                    takesNone ? "Leave values out." : "Give at least one value.");
        }
        boolean ofText =
                operator == Operator.CONTAINS || operator == Operator.NOT_CONTAINS || operator == Operator.STARTS_WITH;
        if (ofText && type.kind() != Kind.STRING) {
            throw bad(filter, "is for texts, and the dimension is a " + type, "Use equals, gt, gte, lt or lte.");
        }
        boolean takesNull = operator == Operator.EQUALS || operator == Operator.NOT_EQUALS;
        if (!takesNull && filter.values().contains(null)) {
            throw bad(filter, "does not compare with null", "Use set or notSet, or equals.");
        }
    }

    private static Object typed(Filter filter, Object value, ValueType type) {
        if (value == null) {
            return null;
        }
        try {
            return switch (type.kind()) {
                case STRING -> text(filter, value, type);
                case LONG -> new BigDecimal(value.toString()).longValueExact();
                case DOUBLE -> Double.valueOf(value.toString());
                case DECIMAL -> new BigDecimal(value.toString());
                case BOOLEAN -> truth(filter, value, type);
                case TIMESTAMP -> OffsetDateTime.parse(value.toString()).toInstant();
            };
        } catch (ArithmeticException | NumberFormatException | DateTimeException misfit) {
            throw misfit(filter, value, type);
        }
    }

    private static Object text(Filter filter, Object value, ValueType type) {
        if (!(value instanceof String)) {
            throw misfit(filter, value, type);
        }
        return value;
    }

    private static Object truth(Filter filter, Object value, ValueType type) {
        return switch (value.toString()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw misfit(filter, value, type);
        };
    }

    private static BifocalException misfit(Filter filter, Object value, ValueType type) {
        return Errors.of(
                ErrorCode.BAD_QUERY,
                "The filter on " + filter.dimension() + " has the value " + value + ", which is no " + type + ".",
                "Give a " + type + (type.kind() == Kind.TIMESTAMP ? ", such as 2010-12-01T00:00:00Z." : "."),
                Map.of("dimension", filter.dimension(), "value", value.toString(), "type", type.toString()));
    }

    private static BifocalException bad(Filter filter, String problem, String remedy) {
        return Errors.of(
                ErrorCode.BAD_QUERY,
                "The filter on " + filter.dimension() + ": " + filter.operator().text() + " " + problem + ".",
                remedy,
                Map.of(
                        "dimension",
                        filter.dimension(),
                        "operator",
                        filter.operator().text()));
    }
}
