package io.bifocal.core.ledger;

import java.util.Comparator;

/**
 * What the ledger counts by.
 *
 * @param hour its start in epoch seconds, by broker time
 */
public record LedgerCell(String topicId, int partition, long hour) implements Comparable<LedgerCell> {
    private static final Comparator<LedgerCell> ORDER = Comparator.comparingLong(LedgerCell::hour)
            .thenComparing(LedgerCell::topicId)
            .thenComparingInt(LedgerCell::partition);

    @Override
    public int compareTo(LedgerCell other) {
        return ORDER.compare(this, other);
    }
}
