package io.bifocal.batch;

import java.util.Iterator;
import java.util.function.Function;
import org.apache.spark.sql.Row;

/** One row out for each row in, one at a time. */
record Mapped(Iterator<Row> rows, Function<Row, Row> function) implements Iterator<Row> {
    @Override
    public boolean hasNext() {
        return rows.hasNext();
    }

    @Override
    public Row next() {
        return function.apply(rows.next());
    }
}
