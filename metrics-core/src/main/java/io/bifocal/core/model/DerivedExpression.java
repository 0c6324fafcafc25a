package io.bifocal.core.model;

import io.bifocal.core.model.Arithmetic.Operator;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;

/**
 * The arithmetic of a derived metric: {@code + - * /}, a leading minus, parentheses, numbers and names of metrics. What the
 * operations mean is said by {@link Arithmetic}. A number with an exponent ({@code 1e3}) is a double, any other is exact.
 */
public final class DerivedExpression {
    private static final Operations<Object> NUMBERS = new Operations<>() {
        @Override
        public Object constant(Number value) {
            return value;
        }

        @Override
        public Object negate(Object operand) {
            return Arithmetic.negate(operand);
        }

        @Override
        public Object apply(Operator operator, Object left, Object right) {
            return Arithmetic.apply(operator, left, right);
        }
    };

    private final String text;
    private final Term root;

    private DerivedExpression(String text, Term root) {
        this.text = text;
        this.root = root;
    }

    /** What the pieces of an expression mean. */
    public interface Operations<T> {
        T constant(Number value);

        T negate(T operand);

        T apply(Operator operator, T left, T right);
    }

    /** What an expression is made of. */
    sealed interface Term {}

    record Constant(Number value, ValueType type) implements Term {}

    record Name(String name) implements Term {}

    record Negation(Term operand) implements Term {}

    record Binary(Operator operator, Term left, Term right) implements Term {}

    /** An expression that cannot be read; the message says what is wrong and where. */
    public static final class SyntaxException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        SyntaxException(String message) {
            super(message);
        }
    }

    /**
     * Reads an expression.
     *
     * @throws SyntaxException if the text is no such arithmetic
     */
    public static DerivedExpression parse(String text) {
        return new DerivedExpression(text, new DerivedExpressionParser(text).parse());
    }

    /** The metrics that it names, in order of appearance. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        collect(root, names);
        return names;
    }

    /**
     * The value where the named metrics have these values.
     *
     * @param values gives a Long, BigInteger, BigDecimal, Double or null for each name
     * @return one of these
     */
    public Object evaluate(Function<String, ?> values) {
        return evaluate(values, NUMBERS);
    }

    /** The value where names, numbers and operations mean something else, such as intervals. */
    public <T> T evaluate(Function<String, ? extends T> values, Operations<T> operations) {
        return evaluate(root, values, operations);
    }

    /**
     * The type of its values where the named metrics have these types.
     *
     * @throws IllegalArgumentException if one of them is not numeric
     */
    public ValueType type(Function<String, ValueType> types) {
        return type(root, types);
    }

    @Override
    public String toString() {
        return text;
    }

    private static <T> T evaluate(Term term, Function<String, ? extends T> values, Operations<T> operations) {
        if (term instanceof Binary binary) {
            return operations.apply(
                    binary.operator(),
                    evaluate(binary.left(), values, operations),
                    evaluate(binary.right(), values, operations));
        }
        if (term instanceof Negation negation) {
            return operations.negate(evaluate(negation.operand(), values, operations));
        }
        return term instanceof Name name ? values.apply(name.name()) : operations.constant(((Constant) term).value());
    }

    private static ValueType type(Term term, Function<String, ValueType> types) {
        if (term instanceof Binary binary) {
            return Arithmetic.type(binary.operator(), type(binary.left(), types), type(binary.right(), types));
        }
        if (term instanceof Negation negation) {
            return Arithmetic.requireNumeric(type(negation.operand(), types));
        }
        return term instanceof Name name
                ? Arithmetic.requireNumeric(types.apply(name.name()))
                : ((Constant) term).type();
    }

    private static void collect(Term term, Set<String> names) {
        if (term instanceof Binary binary) {
            collect(binary.left(), names);
            collect(binary.right(), names);
        } else if (term instanceof Negation negation) {
            collect(negation.operand(), names);
        } else if (term instanceof Name name) {
            names.add(name.name());
        }
    }

    static Constant constant(String digits) {
        if (digits.indexOf('e') >= 0 || digits.indexOf('E') >= 0) {
            return new Constant(Double.valueOf(digits), ValueType.DOUBLE);
        }
        if (digits.indexOf('.') >= 0) {
            BigDecimal value = new BigDecimal(digits);
            return new Constant(value, ValueType.decimal(Math.max(value.precision(), value.scale()), value.scale()));
        }
        BigInteger value = new BigInteger(digits);
        Number fitted = value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
        return new Constant(fitted, ValueType.LONG);
    }
}
