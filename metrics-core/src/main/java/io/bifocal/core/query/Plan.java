package io.bifocal.core.query;

import io.bifocal.core.query.Snapshot.Source;
import io.bifocal.core.view.View;
import java.util.List;

/**
 * How a query is answered.
 *
 * @param view the smallest that covers the query
 * @param span what is read of it, which is more than the query's range where a metric cumulates what came before that
 * @param reads each of which finds rows, in the order in which they are merged
 */
record Plan(View view, Span span, List<Read> reads) {
    /**
     * One day of one view of one part.
     *
     * @param source the part whose index names the day
     * @param storedUnder the part under which the rows are, which may be an earlier one
     * @param from of the buckets, in epoch seconds, inclusive
     * @param to of the buckets, exclusive
     * @param indexedRows that the whole day has by the index; 0 where that does not tell
     * @param whole whether all of the day's rows are read, and no later ones can have joined them
     */
    record Read(Source source, String storedUnder, int day, long from, long to, long indexedRows, boolean whole) {
        /** Whether there must be rows: none would mean that they are lost. */
        boolean certain() {
            return whole && indexedRows > 0;
        }
    }

    Cost cost() {
        return reads.stream().map(this::cost).reduce(Cost.NONE, Cost::plus);
    }

    Cost cost(Read read) {
        return new Cost(view.shards(), read.indexedRows());
    }
}
