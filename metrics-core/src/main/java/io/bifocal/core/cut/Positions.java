package io.bifocal.core.cut;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongBinaryOperator;

/**
 * A vector of Kafka positions: for each topic id and partition, the offset of the next record. A partition that is absent is
 * at 0. A topic that was deleted and made again has another id, so its offsets never meet the old ones. As JSON: {@code
 * {"<topic id>": {"0": 12, "1": 7}}}.
 */
public final class Positions {
    public static final Positions NONE = new Positions(Map.of());

    private final SortedMap<String, SortedMap<Integer, Long>> offsets;

    private Positions(Map<String, ? extends Map<Integer, Long>> offsets) {
        SortedMap<String, SortedMap<Integer, Long>> copy = new TreeMap<>();
        offsets.forEach((topic, partitions) -> {
            SortedMap<Integer, Long> kept = new TreeMap<>();
            partitions.forEach((partition, offset) -> {
                if (offset < 0) {
                    throw new IllegalArgumentException("negative offset " + offset + " of " + topic + "-" + partition);
                }
                if (offset > 0) {
                    kept.put(partition, offset);
                }
            });
            if (!kept.isEmpty()) {
                copy.put(topic, Collections.unmodifiableSortedMap(kept));
            }
        });
        this.offsets = Collections.unmodifiableSortedMap(copy);
    }

    @JsonCreator
    public static Positions of(Map<String, ? extends Map<Integer, Long>> offsets) {
        return offsets.isEmpty() ? NONE : new Positions(offsets);
    }

    /** Positions in one topic. */
    public static Positions of(String topicId, Map<Integer, Long> offsets) {
        return of(Map.of(topicId, offsets));
    }

    public long offset(String topicId, int partition) {
        SortedMap<Integer, Long> partitions = offsets.get(topicId);
        return partitions == null ? 0 : partitions.getOrDefault(partition, 0L);
    }

    /** Offsets of one topic, by partition; empty where the topic is absent. */
    public SortedMap<Integer, Long> topic(String topicId) {
        return offsets.getOrDefault(topicId, Collections.emptySortedMap());
    }

    /** Whether every record before {@code other} is before these positions too. */
    public boolean covers(Positions other) {
        return other.offsets.entrySet().stream().allMatch(topic -> topic.getValue().entrySet().stream()
                .allMatch(partition -> offset(topic.getKey(), partition.getKey()) >= partition.getValue()));
    }

    /** The later of both, partition by partition. */
    public Positions max(Positions other) {
        return combine(other, Math::max);
    }

    /** The earlier of both, partition by partition. */
    public Positions min(Positions other) {
        return combine(other, Math::min);
    }

    private Positions combine(Positions other, LongBinaryOperator choose) {
        SortedMap<String, SortedMap<Integer, Long>> result = new TreeMap<>();
        for (Positions each : new Positions[] {this, other}) {
            each.offsets.forEach((topic, partitions) -> partitions.keySet().forEach(partition -> result.computeIfAbsent(
                            topic, t -> new TreeMap<>())
                    .put(partition, choose.applyAsLong(offset(topic, partition), other.offset(topic, partition)))));
        }
        return of(result);
    }

    /** These positions without those in one topic. */
    public Positions without(String topicId) {
        SortedMap<String, SortedMap<Integer, Long>> others = new TreeMap<>(offsets);
        others.remove(topicId);
        return of(others);
    }

    /** These, and another's in topics that these do not name. */
    public Positions withOtherTopics(Positions other) {
        SortedMap<String, SortedMap<Integer, Long>> both = new TreeMap<>(other.offsets);
        both.putAll(offsets);
        return of(both);
    }

    /** How many offsets lie between {@code earlier} and these positions, over the partitions that these name. */
    public long minus(Positions earlier) {
        return offsets.entrySet().stream()
                .flatMapToLong(topic -> topic.getValue().entrySet().stream()
                        .mapToLong(partition ->
                                Math.max(0, partition.getValue() - earlier.offset(topic.getKey(), partition.getKey()))))
                .sum();
    }

    @JsonValue
    public SortedMap<String, SortedMap<Integer, Long>> asMap() {
        return offsets;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Positions positions && offsets.equals(positions.offsets);
    }

    @Override
    public int hashCode() {
        return offsets.hashCode();
    }

    @Override
    public String toString() {
        return offsets.toString();
    }
}
