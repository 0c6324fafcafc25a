package io.bifocal.core.query;

import io.bifocal.core.query.Snapshot.Source;
import io.bifocal.core.view.View;
import java.util.List;

/**
 * How a query is answered.
 *
 * @param view the smallest that covers the query
 * @param reads each of which finds rows, in the order in which they are merged
 */
record Plan(View view, List<Read> reads) {
    /**
     * One day of one view of one part.
     *
     * @param source the part whose index names the day
     * @param storedUnder the part under which the rows are, which may be an earlier one
     * @param from of the buckets, in epoch seconds, inclusive
     * @param to of the buckets, exclusive
     * @param rows that the whole day is known to have at least, where it is read as a whole; 0 where that is unknown
     */
    record Read(Source source, String storedUnder, int day, long from, long to, long rows) {}
}
