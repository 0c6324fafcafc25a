package io.bifocal.core.query;

import io.bifocal.core.cut.Hole;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Part;
import io.bifocal.core.view.RetainedDays;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What one answer reads, fixed before anything is read: the parts that a manifest named, and how much of each.
 *
 * @param generation its number; 0 where there is none
 * @param retained the days that are read, whatever other days the parts have
 */
record Snapshot(
        long generation,
        Optional<Instant> exactThrough,
        Optional<Instant> freshThrough,
        List<Source> sources,
        RetainedDays retained) {

    /** What a part is to an answer. */
    enum Role {
        /** The generation: its events are exact. */
        GENERATION,
        /** A live part, of which only the committed micro-batches exist. */
        LIVE,
        /** Another part after the generation. */
        LATER,
        /** Records that nobody has. */
        HOLE;

        /** As explanations write it. */
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A part as the manifest named it; of a hole, its range.
     *
     * @param batches how many micro-batches of a live part exist; 0 for others
     * @param records how many it covers
     */
    record Source(String part, Role role, int batches, long records) {}

    static Snapshot of(Manifest manifest, Freshness freshness) {
        List<Source> sources = new ArrayList<>();
        if (manifest.generation().stored()) {
            sources.add(new Source(
                    manifest.generation().part(),
                    Role.GENERATION,
                    0,
                    manifest.generation().records()));
        }
        sources.addAll(holes(manifest.generation().holes()));
        for (Part part : manifest.chain()) {
            if (part.kind() != Part.Kind.HOLE && !part.empty()) {
                sources.add(source(part));
            }
            sources.addAll(holes(part.holes()));
        }
        return new Snapshot(
                manifest.generation().number(),
                known(manifest.generation().lastArrival()),
                known(freshness.freshThrough(manifest)),
                List.copyOf(sources),
                manifest.generation().retained());
    }

    /** Of a model that has no manifest yet. */
    static Snapshot empty() {
        return new Snapshot(0, Optional.empty(), Optional.empty(), List.of(), RetainedDays.ALL);
    }

    /** Ranges of records that nobody has, for people. */
    List<String> holes() {
        return sources.stream()
                .filter(source -> source.role() == Role.HOLE)
                .map(Source::part)
                .toList();
    }

    boolean holed() {
        return !holes().isEmpty();
    }

    private static List<Source> holes(List<Hole> holes) {
        return holes.stream()
                .map(hole -> new Source(hole.toString(), Role.HOLE, 0, hole.to() - hole.from()))
                .toList();
    }

    private static Source source(Part part) {
        Role role = part.kind() == Part.Kind.LIVE ? Role.LIVE : Role.LATER;
        return new Source(part.id(), role, part.batches(), part.records());
    }

    private static Optional<Instant> known(Instant time) {
        return Optional.of(time).filter(each -> each.isAfter(Instant.EPOCH));
    }
}
