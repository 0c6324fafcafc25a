package io.bifocal.core.cut;

import java.util.ArrayList;
import java.util.List;

/** Records of one Kafka partition, from {@code from} up to, excluding, {@code to}, that nobody has any more. */
public record Hole(String topicId, int partition, long from, long to) {
    /** One for each partition in which {@code to} lies after {@code from}. */
    public static List<Hole> between(Positions from, Positions to) {
        List<Hole> holes = new ArrayList<>();
        to.asMap()
                .forEach((topicId, partitions) -> partitions.forEach((partition, end) -> {
                    long start = from.offset(topicId, partition);
                    if (start < end) {
                        holes.add(new Hole(topicId, partition, start, end));
                    }
                }));
        return List.copyOf(holes);
    }

    /** What of some holes lies between two positions. */
    public static List<Hole> within(List<Hole> holes, Positions from, Positions to) {
        List<Hole> within = new ArrayList<>();
        for (Hole hole : holes) {
            long start = Math.max(hole.from, from.offset(hole.topicId, hole.partition));
            long end = Math.min(hole.to, to.offset(hole.topicId, hole.partition));
            if (start < end) {
                within.add(new Hole(hole.topicId, hole.partition, start, end));
            }
        }
        return List.copyOf(within);
    }

    /** For people: {@code offsets 20 to 29 of partition 0}. */
    @Override
    public String toString() {
        return "offsets " + from + " to " + (to - 1) + " of partition " + partition;
    }
}
