package io.bifocal.reconciliation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bifocal.core.reconciliation.Restatement;
import io.bifocal.core.reconciliation.Restatement.Contribution;
import java.io.Serializable;
import java.util.Map;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Takes a value out of numbers that moved, which stay, for publications add up. Of a dimension that had the value {@link
 * #ERASED} is left; of a metric that quoted it nothing, and of its causes their names.
 */
public final class Redaction implements Serializable {
    private static final long serialVersionUID = 1L;

    public static final String ERASED = "erased";

    /** Which redacts nothing. */
    public static final Redaction NONE = new Redaction(text -> false);

    private final Holds holds;

    /** Whether a dimension's or a metric's value, as text, holds what is to go. */
    @FunctionalInterface
    public interface Holds extends Serializable {
        boolean test(String text);
    }

    public Redaction(Holds holds) {
        this.holds = holds;
    }

    /** The same move where it does not quote the value. */
    public Restatement of(Restatement move) {
        JsonNode dimensions = dimensions(move.dimensions());
        boolean quoted = quotes(move.before()) || quotes(move.after());
        if (!quoted && dimensions.equals(move.dimensions())) {
            return move;
        }
        return new Restatement(
                move.at(),
                move.generation(),
                move.rollup(),
                move.metric(),
                move.bucket(),
                dimensions,
                quoted ? NullNode.instance : move.before(),
                quoted ? NullNode.instance : move.after(),
                quoted
                        ? move.causes().stream()
                                .map(cause -> new Contribution(cause.cause(), null))
                                .toList()
                        : move.causes());
    }

    /** Rows with the columns {@code dimensions, before, after} and {@code causes} of {@link Comparison#FOUND}, among others. */
    public Dataset<Row> of(Dataset<Row> moves) {
        StructType schema = moves.schema();
        MapFunction<Row, Row> redact = row -> of(row, schema);
        return this == NONE ? moves : moves.map(redact, Encoders.row(schema));
    }

    private Row of(Row row, StructType schema) {
        int dimensions = schema.fieldIndex("dimensions");
        if (row.isNullAt(dimensions)) {
            return row;
        }
        Object[] values = new Object[row.length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.get(i);
        }
        values[dimensions] =
                dimensions(Restatement.node(row.getString(dimensions))).toString();
        int before = schema.fieldIndex("before");
        int after = schema.fieldIndex("after");
        if (quotes(Restatement.node(row.getString(before))) || quotes(Restatement.node(row.getString(after)))) {
            values[before] = NullNode.instance.toString();
            values[after] = NullNode.instance.toString();
            int causes = schema.fieldIndex("causes");
            values[causes] = row.<Row>getList(causes).stream()
                    .map(cause -> RowFactory.create(cause.getString(0), null))
                    .toArray(Row[]::new);
        }
        return RowFactory.create(values);
    }

    private JsonNode dimensions(JsonNode dimensions) {
        ObjectNode redacted = dimensions.deepCopy();
        for (Map.Entry<String, JsonNode> dimension : redacted.properties()) {
            if (quotes(dimension.getValue())) {
                dimension.setValue(redacted.textNode(ERASED));
            }
        }
        return redacted;
    }

    private boolean quotes(JsonNode value) {
        if (value.isContainerNode()) {
            for (JsonNode element : value) {
                if (quotes(element)) {
                    return true;
                }
            }
            return false;
        }
        return !value.isNull() && holds.test(value.asText());
    }
}
