package io.bifocal.core.aggregate;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.Aggregation;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.model.ValueType.Kind;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** The explicit list of aggregates: to add one, write its class, add a line here, and a test that extends the laws. */
public final class Aggregates {
    /** Counts what is added. */
    public static final Aggregate<?> COUNT = new Count();

    private static final double MEDIAN = 0.5;
    private static final int MOST_FREQUENT = 10;

    private Aggregates() {}

    /**
     * The aggregate of a simple metric.
     *
     * @param input the type of its {@code expr}; null for a count of events
     * @throws BifocalException {@code BAD_MODEL} where there is no such aggregation, or not of this type
     */
    public static Aggregate<?> of(SimpleMetric metric, ValueType input) {
        Aggregation aggregation = Aggregation.parse(metric.aggregation())
                .orElseThrow(() -> fault(metric, "has the unknown", "Use one of " + known() + ".", input));
        if (aggregation != Aggregation.COUNT) {
            requireInput(metric, input);
        }
        return switch (aggregation) {
            case COUNT -> COUNT;
            case SUM -> exact(metric, input) ? new ExactSum(input) : new DoubleSum(DoubleSum.Form.SUM);
            case AVERAGE -> exact(metric, input) ? new ExactAverage(input) : new DoubleSum(DoubleSum.Form.AVERAGE);
            case VARIANCE -> spread(metric, input, Spread.VARIANCE);
            case STDDEV -> spread(metric, input, Spread.STANDARD_DEVIATION);
            case MIN -> new Extreme(input, Extreme.End.LEAST);
            case MAX -> new Extreme(input, Extreme.End.GREATEST);
            case FIRST -> new Outermost(input, Outermost.End.FIRST);
            case LAST -> new Outermost(input, Outermost.End.LAST);
            case COUNT_DISTINCT -> new Distinct(input, Distinct.Form.EXACT);
            case APPROX_COUNT_DISTINCT -> new Distinct(input, Distinct.Form.APPROXIMATE);
            case PERCENTILE -> percentile(metric, input);
            case TOP_K -> new TopK(input, metric.k().orElse(MOST_FREQUENT));
        };
    }

    private static String known() {
        return Arrays.stream(Aggregation.values()).map(Aggregation::text).collect(Collectors.joining(", "));
    }

    private static void requireInput(SimpleMetric metric, ValueType input) {
        if (input == null) {
            throw fault(metric, "has no expr to aggregate, which is needed by", "Give it an expr.", input);
        }
    }

    private static Aggregate<?> spread(SimpleMetric metric, ValueType input, Spread spread) {
        return exact(metric, input) ? new ExactSpread(input, spread) : new DoubleSpread(spread);
    }

    private static Aggregate<?> percentile(SimpleMetric metric, ValueType input) {
        if (!input.numeric() && input.kind() != Kind.TIMESTAMP) {
            throw misfit(metric, input, "a long, double, decimal or timestamp");
        }
        return new Percentile(input, metric.percentile().orElse(MEDIAN));
    }

    /** Whether numbers of this type are aggregated as integers; a fault where it has no numbers. */
    private static boolean exact(SimpleMetric metric, ValueType input) {
        if (!input.numeric()) {
            throw misfit(metric, input, "a long, double or decimal");
        }
        return input.kind() != Kind.DOUBLE;
    }

    private static BifocalException misfit(SimpleMetric metric, ValueType input, String wanted) {
        return fault(
                metric,
                "has an expr of type " + input + ", which does not fit",
                "Make expr " + wanted + ", for example with CAST(… AS …), or choose another agg.",
                input);
    }

    private static BifocalException fault(SimpleMetric metric, String problem, String remedy, ValueType input) {
        return Errors.of(
                ErrorCode.BAD_MODEL,
                "Metric " + metric.name() + " " + problem + " agg " + metric.aggregation() + ".",
                remedy,
                Map.of("metric", metric.name(), "agg", metric.aggregation(), "type", String.valueOf(input)));
    }
}
