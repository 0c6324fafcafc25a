package io.bifocal.batch;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;

/** Of rows that are sorted by the bytes in their first column, the first of each. */
final class FirstOfEach implements Iterator<Row> {
    private final Iterator<Row> sorted;
    private byte[] last;
    private Row next;

    FirstOfEach(Iterator<Row> sorted) {
        this.sorted = sorted;
    }

    @Override
    public boolean hasNext() {
        while (next == null && sorted.hasNext()) {
            Row row = sorted.next();
            byte[] identity = row.getAs(0);
            if (!Arrays.equals(identity, last)) {
                last = identity;
                next = row;
            }
        }
        return next != null;
    }

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
