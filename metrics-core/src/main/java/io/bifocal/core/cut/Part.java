package io.bifocal.core.cut;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;

/**
 * A link of the manifest's chain: the rows under {@code id} cover exactly the records in ({@code from}, {@code to}].
 *
 * @param id never reused
 * @param kind who wrote it
 * @param run the speed job's run that owns a live part; empty in other kinds
 * @param batches how many micro-batches of a live part are committed: its rows of later ones do not exist; 0 in other kinds
 * @param sealed whether a live part takes no more micro-batches; true in other kinds
 * @param level how often its rows were merged: 0 for live parts, one more than what it was folded from
 * @param birth the manifest version at which its id was made, for {@link Manifest#condemnedBefore}
 * @param records how many it covers
 * @param lastArrival the latest broker time among them; the epoch where there is none
 * @param holes records of the range that nobody has any more
 */
public record Part(
        String id,
        Kind kind,
        String run,
        Positions from,
        Positions to,
        int batches,
        boolean sealed,
        int level,
        long birth,
        long records,
        Instant lastArrival,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Hole> holes) {

    public Part {
        holes = holes == null ? List.of() : List.copyOf(holes);
    }

    /** Who wrote a part, or that nobody can. */
    public enum Kind {
        /** A run of the speed job, micro-batch by micro-batch. */
        LIVE,
        /** Merged from the rows of earlier parts. */
        FOLD,
        /** Computed from the archive. */
        ARCHIVE,
        /** Nothing: neither Kafka nor the archive has these records any more. Answers over it say so. */
        HOLE
    }

    static Part live(String id, String run, Positions at) {
        return new Part(id, Kind.LIVE, run, at, at, 0, false, 0, PartId.birth(id), 0, Instant.EPOCH, List.of());
    }

    /** A part of the archive that covers what lies between two positions. */
    public static Part archive(String id, Positions from, Positions to, long birth, long records, Instant lastArrival) {
        return new Part(id, Kind.ARCHIVE, "", from, to, 0, true, 1, birth, records, lastArrival, List.of());
    }

    /** This part, computed from an archive that lacks some records; those outside of its range don't concern it. */
    public Part lacking(List<Hole> lost) {
        return new Part(
                id,
                kind,
                run,
                from,
                to,
                batches,
                sealed,
                level,
                birth,
                records,
                lastArrival,
                Hole.within(lost, from, to));
    }

    /** A part in the place of consecutive ones, with their rows merged. */
    static Part fold(String id, List<Part> replaced, int level) {
        Part last = replaced.get(replaced.size() - 1);
        return new Part(
                id,
                Kind.FOLD,
                "",
                replaced.get(0).from(),
                last.to(),
                0,
                true,
                level,
                PartId.birth(id),
                replaced.stream().mapToLong(Part::records).sum(),
                replaced.stream().map(Part::lastArrival).max(Instant::compareTo).orElse(Instant.EPOCH),
                replaced.stream().flatMap(part -> part.holes().stream()).toList());
    }

    /** A range that nobody has. */
    public static Part hole(String id, Positions from, Positions to, long birth) {
        return new Part(id, Kind.HOLE, "", from, to, 0, true, 1, birth, 0, Instant.EPOCH, Hole.between(from, to));
    }

    Part committed(Positions newTo, long moreRecords, Instant arrival) {
        return new Part(
                id,
                kind,
                run,
                from,
                newTo,
                batches + 1,
                sealed,
                level,
                birth,
                records + moreRecords,
                lastArrival.isAfter(arrival) ? lastArrival : arrival,
                holes);
    }

    Part asSealed() {
        return new Part(id, kind, run, from, to, batches, true, level, birth, records, lastArrival, holes);
    }

    /** What is left of a live part whose records another part covers now: its run's hold on the chain's end. */
    Part emptied() {
        return new Part(id, kind, run, to, to, 0, true, level, birth, 0, Instant.EPOCH, List.of());
    }

    /** Whether rows of a micro-batch under this part's id exist; those of a live part's later ones do not. */
    public boolean committed(int batch) {
        return kind != Kind.LIVE || batch <= batches;
    }

    @JsonIgnore
    public boolean empty() {
        return kind == Kind.LIVE && batches == 0;
    }
}
