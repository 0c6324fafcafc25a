package io.bifocal.core.ledger;

/**
 * Records of one Kafka partition that are not where they should be, or there more than once.
 *
 * @param where what does not hold what it should
 * @param from the first offset of the range
 * @param to the offset after its last
 * @param expected how many records should be there
 * @param found how many are
 */
public record LedgerFault(Where where, String topicId, int partition, long from, long to, long expected, long found) {

    /** What records should be in. */
    public enum Where {
        ARCHIVE,
        VIEWS
    }
}
