package io.bifocal.batch;

import io.bifocal.core.view.PartialsBuilder;
import io.bifocal.core.view.ViewRow;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;

/**
 * Feeds records to a builder and gives its rows. The builder is emptied after so many records, so that memory is bounded; a
 * key may therefore come several times.
 */
final class Drained implements Iterator<Row> {
    private static final int RECORDS_PER_DRAIN = 100_000;

    private final Iterator<Row> records;
    private final PartialsBuilder builder;
    private final Consumer<Row> add;
    private Iterator<ViewRow> rows = Collections.emptyIterator();

    /** @param add gives one record to the builder */
    Drained(Iterator<Row> records, PartialsBuilder builder, Consumer<Row> add) {
        this.records = records;
        this.builder = builder;
        this.add = add;
    }

    @Override
    public boolean hasNext() {
        while (!rows.hasNext() && records.hasNext()) {
            for (int i = 0; i < RECORDS_PER_DRAIN && records.hasNext(); i++) {
                add.accept(records.next());
            }
            rows = builder.drain(false, 0, 0).iterator();
        }
        return rows.hasNext();
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ViewRows.row(rows.next());
    }
}
