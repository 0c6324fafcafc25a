package io.bifocal.batch;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Of records that are sorted by identity and position, the first of each event, and as its duplicates those others that were
 * counted before: of what a generation covers one, of what arrived since each.
 */
final class ToldApart implements Iterator<Row> {
    private final Iterator<Row> sorted;
    private byte[] last;
    private boolean inGeneration;
    private Row next;

    /** @param sorted identity, topic id, partition, offset, payload, and whether it arrived since the generation */
    ToldApart(Iterator<Row> sorted) {
        this.sorted = sorted;
    }

    @Override
    public boolean hasNext() {
        while (next == null && sorted.hasNext()) {
            Row row = sorted.next();
            byte[] identity = row.getAs(0);
            boolean arrived = row.getBoolean(5);
            boolean first = !Arrays.equals(identity, last);
            if (first) {
                last = identity;
                inGeneration = false;
            }
            if (first || arrived || !inGeneration) {
                next = RowFactory.create(row.getString(1), row.getInt(2), row.getLong(3), row.<byte[]>getAs(4), !first);
            }
            inGeneration |= !arrived;
        }
        return next != null;
    }

    /** Topic id, partition, offset, payload, and whether it is a duplicate. */
    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Row row = next;
        next = null;
        return row;
    }
}
