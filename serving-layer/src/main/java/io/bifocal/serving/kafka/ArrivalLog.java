package io.bifocal.serving.kafka;

import io.bifocal.core.cut.Positions;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/** What one topic's end was at which time, for a while back: it turns positions into "everything up to then". */
final class ArrivalLog {
    private static final int MOST = 2_048;

    /** Newest first. */
    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(Instant at, Positions end) {}

    /**
     * Notes where the topic ended.
     *
     * @param at a moment before the end was asked for: records that arrive later may be missing from it
     */
    synchronized void note(Instant at, Positions end) {
        if (!samples.isEmpty() && samples.peekFirst().end().equals(end)) {
            samples.removeFirst();
        }
        samples.addFirst(new Sample(at, end));
        if (samples.size() > MOST) {
            thin();
        }
    }

    /** The latest noted moment whose end these positions cover; the epoch where none is. */
    synchronized Instant coveredThrough(Positions positions) {
        return samples.stream()
                .filter(sample -> positions.covers(sample.end()))
                .findFirst()
                .map(Sample::at)
                .orElse(Instant.EPOCH);
    }

    /** Keeps every second of the older half, so that a long lag is still remembered, more coarsely. */
    private void thin() {
        List<Sample> kept = new ArrayList<>();
        Iterator<Sample> all = samples.iterator();
        for (int i = 0; all.hasNext(); i++) {
            Sample sample = all.next();
            if (i < MOST / 2 || i % 2 == 0) {
                kept.add(sample);
            }
        }
        samples.clear();
        samples.addAll(kept);
    }
}
