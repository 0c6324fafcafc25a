package io.bifocal.spark;

import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.Column;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ValueType;
import io.bifocal.spark.SqlExpressions.Analysed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.MutableProjection;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Turns records of one model into events: parses, types, finds the event time, and computes all dimensions and metric inputs
 * with one projection that Catalyst generates. One for each task; not safe for use by several threads.
 */
public final class Evaluator {
    private static final int COMPUTED = -1;

    private final EventParser parser;
    private final EventTimes times;
    private final int timeColumn;
    private final int[] identity;
    private final List<Column> columns;
    private final List<Output> outputs;
    private final int dimensionCount;
    private final int[] computedColumns;
    private final GenericInternalRow input;
    private final MutableProjection projection;
    private final InternalRow computed;

    /**
     * A dimension or a metric's input.
     *
     * @param column whose value it is as it stands; {@link #COMPUTED} where an expression gives it
     * @param slot of its value in what the projection computes
     */
    private record Output(String name, ValueType type, int column, int slot) {}

    Evaluator(Definition definition) {
        Model model = definition.model();
        this.columns = model.columns();
        List<String> names = columns.stream().map(Column::name).toList();
        this.parser = new EventParser(columns);
        this.times = new EventTimes(model.time());
        this.timeColumn = names.indexOf(model.time().column());
        this.identity = model.identity().stream().mapToInt(names::indexOf).toArray();
        this.dimensionCount = model.dimensions().size();
        this.input = new GenericInternalRow(new Object[columns.size()]);

        SqlExpressions sql = new SqlExpressions(columns);
        List<Output> all = new ArrayList<>();
        List<Expression> expressions = new ArrayList<>();
        for (Model.Dimension dimension : model.dimensions()) {
            Analysed analysed = sql.value(dimension.expr());
            all.add(output("dimension " + dimension.name(), analysed.type(), analysed.bound(), expressions));
        }
        for (SimpleMetric metric : model.simpleMetrics()) {
            Optional<Analysed> value = metric.expr().map(sql::value);
            Expression bound = SqlExpressions.where(
                    metric.filter().map(sql::condition),
                    value.map(Analysed::bound).orElseGet(SqlExpressions::truth));
            ValueType type = value.map(Analysed::type).orElse(ValueType.BOOLEAN);
            all.add(output("metric " + metric.name(), type, bound, expressions));
        }
        this.outputs = List.copyOf(all);
        this.computedColumns = expressions.stream()
                .flatMap(expression -> CollectionConverters.asJava(expression.collectLeaves()).stream())
                .filter(BoundReference.class::isInstance)
                .mapToInt(leaf -> ((BoundReference) leaf).ordinal())
                .distinct()
                .sorted()
                .toArray();
        this.projection = Catalyst.fixed(() -> MutableProjection.create(
                CollectionConverters.asScala(expressions).toList()));
        this.computed = new GenericInternalRow(new Object[expressions.size()]);
        projection.target(computed);
    }

    private static Output output(String name, ValueType type, Expression bound, List<Expression> expressions) {
        if (bound instanceof BoundReference reference && type.kind() != ValueType.Kind.DOUBLE) {
            return new Output(name, type, reference.ordinal(), COMPUTED);
        }
        expressions.add(bound);
        return new Output(name, type, COMPUTED, expressions.size() - 1);
    }

    /**
     * Evaluates one record. No fault of a record leaves this method as an exception.
     *
     * @param payload the record's value; null for a tombstone, which is malformed
     */
    public Outcome evaluate(byte[] payload) {
        try {
            Object[] values = parser.parse(payload);
            long timeMicros = times.micros(values[timeColumn]);
            compute(values);
            Object[] dimensions = new Object[dimensionCount];
            Object[] inputs = new Object[outputs.size() - dimensionCount];
            for (int i = 0; i < outputs.size(); i++) {
                Object value = output(outputs.get(i), values);
                if (i < dimensionCount) {
                    dimensions[i] = value;
                } else {
                    inputs[i - dimensionCount] = value;
                }
            }
            return new Outcome.Event(timeMicros, values, dimensions, inputs, identity(values));
        } catch (MalformedException malformed) {
            return new Outcome.Malformed(malformed.getMessage());
        }
    }

    private void compute(Object[] values) {
        for (int column : computedColumns) {
            input.update(column, Catalyst.internal(columns.get(column).type(), values[column]));
        }
        try {
            projection.apply(input);
        } catch (RuntimeException fault) { // an overflow, a division by zero, a bad cast: the event's fault
            throw new MalformedException("an expression failed: " + SparkMessages.firstSentence(fault));
        }
    }

    private Object output(Output output, Object[] values) {
        if (output.column() != COMPUTED) {
            return values[output.column()];
        }
        try {
            Object value =
                    computed.isNullAt(output.slot()) ? null : ((GenericInternalRow) computed).genericGet(output.slot());
            return Catalyst.external(output.type(), value);
        } catch (MalformedException fault) {
            throw new MalformedException(output.name() + ": " + fault.getMessage());
        }
    }

    private List<Object> identity(Object[] values) {
        if (identity.length == 0) {
            return List.of();
        }
        Object[] key = new Object[identity.length];
        for (int i = 0; i < key.length; i++) {
            key[i] = values[identity[i]];
        }
        return Arrays.stream(key).allMatch(Objects::isNull) ? List.of() : Arrays.asList(key);
    }
}
