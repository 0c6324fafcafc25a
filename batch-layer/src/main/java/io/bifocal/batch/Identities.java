package io.bifocal.batch;

import io.bifocal.core.aggregate.StateWriter;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.view.RowCodec;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.Evaluator;
import io.bifocal.spark.Outcome;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Puts before each record the bytes that it shares with those records, and only those, that are the same event. */
final class Identities {
    private static final int SHARED = 1;
    private static final int ALONE = 2;

    private final Evaluator evaluator;
    private final List<ValueType> types;

    Identities(CompiledDefinition definition) {
        Model model = definition.definition().model();
        this.evaluator = definition.evaluator();
        this.types = model.identity().stream()
                .map(name -> model.columns().stream()
                        .filter(column -> column.name().equals(name))
                        .findFirst()
                        .orElseThrow()
                        .type())
                .toList();
    }

    /** @param record topic id, partition, offset, payload, and one more column */
    Row of(Row record) {
        byte[] payload = record.getAs(3);
        StateWriter out = new StateWriter();
        if (evaluator.evaluate(payload) instanceof Outcome.Event event
                && !event.identity().isEmpty()) {
            out.writeByte(SHARED)
                    .writeLong(event.timeMicros())
                    .writeBytes(RowCodec.encodeKey(types, event.identity().toArray()));
        } else {
            out.writeByte(ALONE)
                    .writeString(record.getString(0))
                    .writeLong(record.getInt(1))
                    .writeLong(record.getLong(2));
        }
        return RowFactory.create(
                out.toByteArray(), record.getString(0), record.getInt(1), record.getLong(2), payload, record.get(4));
    }
}
