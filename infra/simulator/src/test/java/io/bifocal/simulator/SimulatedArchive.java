package io.bifocal.simulator;

import io.bifocal.core.cut.Hole;
import io.bifocal.core.cut.Positions;
import io.bifocal.simulator.SimulatedKafka.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** The archive, as Delta keeps it: versions that only grow, of which each append follows the one that it was read from. */
final class SimulatedArchive {
    /**
     * What the archive holds.
     *
     * @param number of the version
     * @param positions every record before these is in it, but for what is lost
     * @param lost what Kafka had deleted before it was archived
     * @param erased by now, whichever version they came with: an erasure leaves no file that held them
     */
    record Version(long number, Positions positions, List<Entry> records, List<Hole> lost, Set<Entry> erased) {
        /** The records between two positions, as far as they are archived. */
        List<Entry> between(Positions from, Positions to) {
            return records.stream()
                    .filter(entry -> entry.isBetween(from, to))
                    .map(entry -> erased.contains(entry) ? entry.erased() : entry)
                    .toList();
        }
    }

    private final Set<Entry> erased = Collections.newSetFromMap(new IdentityHashMap<>());
    private Version newest = new Version(-1, Positions.NONE, List.of(), List.of(), Collections.unmodifiableSet(erased));

    Version newest() {
        return newest;
    }

    /** Appends, if nobody did since: Delta takes one of two that follow the same version. */
    boolean append(Version after, Positions to, List<Entry> records) {
        if (after.number() != newest.number()) {
            return false;
        }
        List<Entry> all = new ArrayList<>(newest.records());
        all.addAll(records);
        newest = new Version(newest.number() + 1, to, all, newest.lost(), newest.erased());
        return true;
    }

    /** Notes that what lies before some positions, and is not archived, never will be; if nobody appended since. */
    boolean lose(Version after, Positions to) {
        if (after.number() != newest.number()) {
            return false;
        }
        List<Hole> lost = new ArrayList<>(newest.lost());
        lost.addAll(Hole.between(newest.positions(), to));
        newest = new Version(newest.number() + 1, to, newest.records(), lost, newest.erased());
        return true;
    }

    /** Takes out of records all that they held, as far as they are archived; their positions stay. */
    void erase(Collection<Entry> records) {
        newest.records().stream().filter(records::contains).forEach(erased::add);
    }
}
