package io.bifocal.batch;

import io.bifocal.core.aggregate.Aggregate;
import io.bifocal.core.view.RowCodec;
import io.bifocal.core.view.View;
import java.time.Instant;
import java.time.LocalDate;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Turns rows of {@link BatchViews} into rows of a gold table: states become results. */
final class GoldRows {
    private static final int MONTH_LENGTH = "2010-12".length();

    private final View view;
    private final long generation;
    private final String part;

    GoldRows(View view, long generation, String part) {
        this.view = view;
        this.generation = generation;
        this.part = part;
    }

    Row of(Row row) {
        Object[] key = RowCodec.decodeKey(view.dimensionTypes(), row.getAs(4));
        Object[] states = RowCodec.decodeStates(view.aggregates(), row.getAs(5));
        Object[] values = new Object[1 + key.length + states.length + 4];
        int next = 0;
        values[next++] = Instant.ofEpochSecond(row.getLong(3));
        for (Object dimension : key) {
            values[next++] = dimension;
        }
        for (int i = 0; i < states.length; i++) {
            Aggregate<Object> aggregate = RowCodec.at(view.aggregates(), i);
            values[next++] = aggregate.result(states[i]);
        }
        LocalDate day = LocalDate.ofEpochDay(row.getInt(1));
        values[next++] = day;
        values[next++] = day.toString().substring(0, MONTH_LENGTH);
        values[next++] = generation;
        values[next] = part;
        return RowFactory.create(values);
    }
}
