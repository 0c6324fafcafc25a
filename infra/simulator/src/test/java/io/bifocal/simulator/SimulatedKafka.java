package io.bifocal.simulator;

import io.bifocal.core.cut.Positions;
import io.bifocal.core.oracle.PlainEvent;
import io.bifocal.spark.KafkaTopic;
import io.bifocal.spark.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The topic, as Kafka keeps it: partitions of records at growing offsets, of which retention deletes the first, until the topic
 * is deleted and made again under another id. Beside what consumers can still read it remembers all there ever was: what is
 * true is decided here.
 */
final class SimulatedKafka {
    /**
     * What a record is to a version of the model.
     *
     * @param outcome what the compiled definition makes of the payload
     * @param event the same, as the oracle wants it; empty where the record is malformed
     */
    record Meaning(Outcome outcome, Optional<PlainEvent> event) {}

    /**
     * A record, and what it means.
     *
     * @param meanings by the hash of the version
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by identity alone
    record Entry(
            String topicId,
            int partition,
            long offset,
            long brokerMillis,
            byte[] payload,
            Map<String, Meaning> meanings) {
        /** What it is to the version with a hash. */
        Meaning under(String definition) {
            return meanings.get(definition);
        }

        boolean isBetween(Positions from, Positions to) {
            return offset >= from.offset(topicId, partition) && offset < to.offset(topicId, partition);
        }

        /** Whether it is what {@link #erased} gives, and so neither an event nor in quarantine. */
        boolean isEmptied() {
            return meanings.containsValue(ERASED);
        }

        /** What the archive has of it once it is erased: its position, and no event under any version. */
        Entry erased() {
            Map<String, Meaning> none = new HashMap<>();
            meanings.keySet().forEach(version -> none.put(version, ERASED));
            return new Entry(topicId, partition, offset, brokerMillis, new byte[0], none);
        }
    }

    /** A consumer asked for records that retention has deleted. */
    static final class DataLoss extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DataLoss(String message) {
            super(message);
        }
    }

    private static final Meaning ERASED = new Meaning(new Outcome.Malformed("erased"), Optional.empty());

    private static final class Partition {
        private final List<Entry> entries = new ArrayList<>();
        private long beginning;
    }

    private final Map<String, List<Partition>> topics = new TreeMap<>();
    private final Set<Entry> toBeErased = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Entry> erased = Collections.newSetFromMap(new IdentityHashMap<>());
    private String topicId = "";

    SimulatedKafka(int partitions) {
        makeTopic(partitions);
    }

    /** Deletes the topic, if there is one, and makes it again. */
    void makeTopic(int partitions) {
        topicId = "topic-" + (topics.size() + 1);
        topics.put(topicId, new ArrayList<>());
        for (int i = 0; i < partitions; i++) {
            addPartition();
        }
    }

    void addPartition() {
        topics.get(topicId).add(new Partition());
    }

    /** Of the topic that is there now. */
    String topicId() {
        return topicId;
    }

    int partitions() {
        return topics.get(topicId).size();
    }

    long nextOffset(int partition) {
        return topics.get(topicId).get(partition).entries.size();
    }

    void append(Entry entry) {
        topics.get(topicId).get(entry.partition()).entries.add(entry);
    }

    /** Up to where records were acknowledged. */
    Positions end() {
        Map<Integer, Long> offsets = new TreeMap<>();
        for (int partition = 0; partition < partitions(); partition++) {
            offsets.put(partition, nextOffset(partition));
        }
        return Positions.of(topicId, offsets);
    }

    /** The topic as a client sees it that asks now. */
    KafkaTopic topic() {
        SortedMap<Integer, Long> beginnings = new TreeMap<>();
        for (int partition = 0; partition < partitions(); partition++) {
            beginnings.put(partition, topics.get(topicId).get(partition).beginning);
        }
        return new KafkaTopic(SimulatedModel.NAME, topicId, beginnings);
    }

    /** How often the topic was made. */
    int topics() {
        return topics.size();
    }

    /** Deletes the records of one partition before an offset. */
    void retain(int partition, long from) {
        Partition retained = topics.get(topicId).get(partition);
        retained.beginning = Math.max(retained.beginning, from);
    }

    /**
     * What a consumer of the topic as it was gets of the records in (from, to].
     *
     * @throws DataLoss where some of them are gone
     */
    List<Entry> read(String fromTopic, Positions from, Positions to) {
        requireSame(fromTopic);
        to.topic(topicId).forEach((partition, end) -> {
            long begin = from.offset(topicId, partition);
            if (begin < end && begin < topics.get(topicId).get(partition).beginning) {
                throw new DataLoss("offset " + begin + " of partition " + partition + " is gone");
            }
        });
        return range(topicId, from, to);
    }

    /** As {@code KafkaTopic.sameness}. */
    void requireSame(String asItWas) {
        if (!asItWas.equals(topicId)) {
            throw new DataLoss("topic " + asItWas + " is gone");
        }
    }

    /** From now on answers may count these or not. */
    void erasing(Collection<Entry> records) {
        toBeErased.addAll(records);
    }

    /** From now on no answer counts these. */
    void erased(Collection<Entry> records) {
        erased.addAll(records);
    }

    /** Whether it may be counted, or not: somebody is at work on its erasure. */
    boolean isBeingErased(Entry entry) {
        return toBeErased.contains(entry) && !erased.contains(entry);
    }

    /** Whether it may not be counted. */
    boolean isErased(Entry entry) {
        return erased.contains(entry);
    }

    /** All records that ever were in (NONE, end], whether they can still be read or not. */
    List<Entry> before(Positions end) {
        List<Entry> all = new ArrayList<>();
        topics.keySet().forEach(topic -> all.addAll(range(topic, Positions.NONE, end)));
        return all;
    }

    private List<Entry> range(String topic, Positions from, Positions to) {
        List<Entry> found = new ArrayList<>();
        List<Partition> partitions = topics.get(topic);
        for (int partition = 0; partition < partitions.size(); partition++) {
            int start = Math.toIntExact(from.offset(topic, partition));
            int end = Math.toIntExact(to.offset(topic, partition));
            if (end > start) {
                found.addAll(partitions.get(partition).entries.subList(start, end));
            }
        }
        return found;
    }

    /** When the last of some records came to the broker. */
    static Instant lastArrival(Collection<Entry> entries) {
        return entries.stream()
                .map(entry -> Instant.ofEpochMilli(entry.brokerMillis()))
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
    }
}
