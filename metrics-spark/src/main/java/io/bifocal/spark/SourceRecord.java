package io.bifocal.spark;

/**
 * One Kafka record, from Kafka or from the archive.
 *
 * @param payload its value; null for a tombstone
 */
@SuppressWarnings("ArrayRecordComponent") // read once, compared by nobody
public record SourceRecord(String topicId, int partition, long offset, long brokerMillis, byte[] payload) {}
