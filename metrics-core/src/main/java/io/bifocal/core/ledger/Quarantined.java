package io.bifocal.core.ledger;

import java.time.Instant;

/**
 * A record that could not become an event.
 *
 * @param reason why, for people
 * @param raw the record's value, byte for byte where it is UTF-8, with replacement characters where it is not
 */
public record Quarantined(String topicId, int partition, long offset, Instant arrivedAt, String reason, String raw) {}
