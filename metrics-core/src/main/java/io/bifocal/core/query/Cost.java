package io.bifocal.core.query;

/**
 * What a query reads, as far as indexes tell before anything is read; or the most that it may read.
 *
 * @param partitions of the view store: shards of days of one view under one part
 * @param rows that are stored there, of which a range within a day may need fewer; days whose index does not tell count none
 */
public record Cost(long partitions, long rows) {
    public static final Cost NONE = new Cost(0, 0);
    public static final Cost UNLIMITED = new Cost(Long.MAX_VALUE, Long.MAX_VALUE);

    Cost plus(Cost other) {
        return new Cost(partitions + other.partitions, rows + other.rows);
    }

    public boolean within(Cost limit) {
        return partitions <= limit.partitions && rows <= limit.rows;
    }
}
