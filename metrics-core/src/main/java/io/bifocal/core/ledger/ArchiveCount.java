package io.bifocal.core.ledger;

/**
 * How many records of one partition that arrived in one hour the archive holds.
 *
 * @param hour its start, in epoch seconds, by broker time
 * @param archived good events
 * @param quarantined records with a reason
 */
public record ArchiveCount(String topicId, int partition, long hour, long archived, long quarantined) {}
