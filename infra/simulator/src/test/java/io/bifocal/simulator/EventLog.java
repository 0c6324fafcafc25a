package io.bifocal.simulator;

import io.bifocal.core.cut.Positions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The topic, as Kafka keeps it: partitions of records at growing offsets. What is true is decided here. */
final class EventLog {
    static final String TOPIC = "topic-1";

    private final List<List<Entry>> partitions = new ArrayList<>();

    /**
     * A record, and what it means.
     *
     * @param day of its event time, since 1970
     * @param value what its metrics add; null where the record is malformed
     */
    record Entry(
            int partition,
            long offset,
            long brokerMillis,
            String payload,
            Long day,
            String dimension,
            Long value,
            String id) {
        boolean malformed() {
            return value == null;
        }
    }

    void addPartition() {
        partitions.add(new ArrayList<>());
    }

    int partitions() {
        return partitions.size();
    }

    long nextOffset(int partition) {
        return partitions.get(partition).size();
    }

    void append(Entry entry) {
        partitions.get(entry.partition()).add(entry);
    }

    Positions end() {
        Map<Integer, Long> offsets = new TreeMap<>();
        for (int partition = 0; partition < partitions.size(); partition++) {
            offsets.put(partition, (long) partitions.get(partition).size());
        }
        return Positions.of(TOPIC, offsets);
    }

    /** The records in (from, to], in order within each partition. */
    Stream<Entry> between(Positions from, Positions to) {
        Stream<Entry> entries = Stream.empty();
        for (int partition = 0; partition < partitions.size(); partition++) {
            int start = Math.toIntExact(from.offset(TOPIC, partition));
            int end = Math.toIntExact(to.offset(TOPIC, partition));
            if (end > start) {
                entries = Stream.concat(entries, partitions.get(partition).subList(start, end).stream());
            }
        }
        return entries;
    }

    Stream<Entry> before(Positions end) {
        return between(Positions.NONE, end);
    }
}
