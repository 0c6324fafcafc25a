package io.bifocal.spark;

import java.io.Serializable;
import java.util.List;

/**
 * What one task of a micro-batch saw and wrote.
 *
 * @param days where it wrote rows
 */
public record TaskSummary(List<PartitionRange> partitions, List<WrittenDay> days) implements Serializable {
    /**
     * Records of one Kafka partition that a task saw.
     *
     * @param firstOffset the lowest
     * @param nextOffset one more than the highest
     * @param records how many, quarantined ones among them
     * @param lastBrokerMillis the latest broker time among them
     */
    public record PartitionRange(
            String topicId,
            int partition,
            long firstOffset,
            long nextOffset,
            long records,
            long quarantined,
            long lastBrokerMillis)
            implements Serializable {}

    /** Rows that were written of one day of one view. */
    public record WrittenDay(String view, int day, long rows) implements Serializable {}

    /** How many records the task saw. */
    public long records() {
        return partitions.stream().mapToLong(PartitionRange::records).sum();
    }
}
