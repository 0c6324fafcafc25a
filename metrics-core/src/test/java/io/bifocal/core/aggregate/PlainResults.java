package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import io.bifocal.core.model.ValueType.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Each aggregation of a list of values in the plainest way: sorted lists, sets, BigDecimal. What aggregates are measured by. */
public final class PlainResults {
    private PlainResults() {}

    /** Of values, at least one, none null, all of the type {@code input}; {@code Long}, {@code BigInteger}, … */
    public static Object sum(ValueType input, List<?> values) {
        BigDecimal sum = exactSum(values);
        return switch (input.kind()) {
            case LONG -> number(sum.toBigIntegerExact());
            case DECIMAL -> sum.setScale(input.scale());
            default -> sum.doubleValue();
        };
    }

    public static double average(List<?> values) {
        return mean(values).doubleValue();
    }

    /** Null below two values. */
    public static Double variance(List<?> values) {
        if (values.size() < 2) {
            return null;
        }
        BigDecimal mean = mean(values);
        BigDecimal squares = values.stream()
                .map(value -> exact(value).subtract(mean).pow(2))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        return squares.divide(BigDecimal.valueOf(values.size() - 1), PRECISE).doubleValue();
    }

    public static Double deviation(List<?> values) {
        Double variance = variance(values);
        return variance == null ? null : Double.valueOf(Math.sqrt(variance));
    }

    public static Object least(List<?> values) {
        return values.stream().sorted().findFirst().orElseThrow();
    }

    public static Object greatest(List<?> values) {
        return values.stream().sorted().skip(values.size() - 1L).findFirst().orElseThrow();
    }

    /** Zeros of either sign are one value. */
    public static long distinct(List<?> values) {
        return new HashSet<>(values.stream().map(PlainResults::signless).toList()).size();
    }

    /** By nearest rank: the value at ceil(p * n) in order. */
    public static Object percentile(double percentile, List<?> values) {
        int rank = BigDecimal.valueOf(percentile)
                .multiply(BigDecimal.valueOf(values.size()))
                .setScale(0, RoundingMode.CEILING)
                .intValueExact();
        return values.stream()
                .map(PlainResults::signless)
                .sorted()
                .skip(Math.max(1, rank) - 1L)
                .findFirst()
                .orElseThrow();
    }

    /** The values that occur most often, with how often, as JSON; of values that occur equally often the lesser first. */
    public static String mostFrequent(int k, List<?> values) {
        Map<Object, Long> counts = new TreeMap<>();
        values.forEach(value -> counts.merge(signless(value), 1L, Long::sum));
        return counts.entrySet().stream()
                .sorted(Map.Entry.<Object, Long>comparingByValue().reversed())
                .limit(k)
                .map(entry -> "{\"value\":" + json(entry.getKey()) + ",\"count\":" + entry.getValue() + "}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String json(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        return value instanceof String || value instanceof Instant ? "\"" + value + "\"" : value.toString();
    }

    private static final MathContext PRECISE = new MathContext(80);

    private static Object signless(Object value) {
        return value instanceof Double number ? (Object) (number + 0.0) : value;
    }

    private static BigDecimal mean(List<?> values) {
        return exactSum(values).divide(BigDecimal.valueOf(values.size()), PRECISE);
    }

    private static BigDecimal exactSum(List<?> values) {
        return values.stream().map(PlainResults::exact).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static BigDecimal exact(Object value) {
        if (value instanceof Long number) {
            return BigDecimal.valueOf(number);
        }
        return value instanceof Double number ? new BigDecimal(number) : (BigDecimal) value;
    }

    private static Object number(BigInteger value) {
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    /** Whether sums of these are exact. */
    public static boolean exact(ValueType input) {
        return input.kind() != Kind.DOUBLE;
    }
}
