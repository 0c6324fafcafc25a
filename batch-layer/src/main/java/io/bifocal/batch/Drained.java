package io.bifocal.batch;

import io.bifocal.core.model.Definition;
import io.bifocal.core.view.PartialsBuilder;
import io.bifocal.core.view.ViewRow;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Feeds records to builders, duplicates to one of their own, and gives the rows. Builders are emptied after so many records,
 * so that memory is bounded; a key may therefore come several times.
 */
final class Drained implements Iterator<Row> {
    private static final int RECORDS_PER_DRAIN = 100_000;

    private final Iterator<Row> records;
    private final Predicate<Row> isDuplicate;
    private final BiConsumer<Row, PartialsBuilder> add;
    private final PartialsBuilder exact;
    private final PartialsBuilder duplicates;
    private Iterator<Row> rows = Collections.emptyIterator();

    /** @param add gives one record to a builder */
    Drained(
            Iterator<Row> records,
            Definition definition,
            Predicate<Row> isDuplicate,
            BiConsumer<Row, PartialsBuilder> add) {
        this.records = records;
        this.isDuplicate = isDuplicate;
        this.add = add;
        this.exact = new PartialsBuilder(definition);
        this.duplicates = new PartialsBuilder(definition);
    }

    @Override
    public boolean hasNext() {
        while (!rows.hasNext() && records.hasNext()) {
            for (int i = 0; i < RECORDS_PER_DRAIN && records.hasNext(); i++) {
                Row record = records.next();
                add.accept(record, isDuplicate.test(record) ? duplicates : exact);
            }
            rows = Stream.concat(rows(exact, false), rows(duplicates, true)).iterator();
        }
        return rows.hasNext();
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return rows.next();
    }

    private static Stream<Row> rows(PartialsBuilder builder, boolean duplicate) {
        return builder.drain(false, 0, 0).stream().map(row -> marked(row, duplicate));
    }

    private static Row marked(ViewRow row, boolean duplicate) {
        return RowFactory.create(row.view(), row.day(), row.shard(), row.bucket(), row.key(), row.states(), duplicate);
    }
}
