package io.bifocal.core.cut;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.bifocal.core.view.RetainedDays;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * A complete publication of batch views: what was computed exactly from the archive for all records before {@code cut}.
 *
 * @param number counts up, never reused; 0 is the empty generation before the first
 * @param part under which its index is stored; its days may lie under the parts of earlier generations
 * @param definition hash of the definition that it was computed with
 * @param archiveVersion of the Delta table that it was read from
 * @param records before the cut, quarantined ones among them
 * @param lastArrival the latest broker time among them
 * @param holes records before the cut that nobody has any more
 * @param retainedFrom the first day of rollups that answers show for as long as it is in force, in each rollup's zone; empty:
 *     the first there is
 */
public record Generation(
        long number,
        String part,
        String definition,
        Positions cut,
        long archiveVersion,
        long birth,
        long records,
        Instant lastArrival,
        Instant publishedAt,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Hole> holes,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<LocalDate> retainedFrom) {
    public static final Generation NONE = new Generation(
            0, "", "", Positions.NONE, -1, 0, 0, Instant.EPOCH, Instant.EPOCH, List.of(), Optional.empty());

    public Generation {
        holes = holes == null ? List.of() : List.copyOf(holes);
        retainedFrom = retainedFrom == null ? Optional.empty() : retainedFrom;
    }

    @JsonIgnore
    public boolean none() {
        return number == 0;
    }

    /** Whether rows are stored for it: a candidate's has them before it has a number. */
    @JsonIgnore
    public boolean stored() {
        return !part.isEmpty();
    }

    /** The days of rollups that answers show while it is in force. */
    @JsonIgnore
    public RetainedDays retained() {
        return new RetainedDays(retainedFrom);
    }

    Generation numbered(long newNumber, Instant at) {
        return new Generation(
                newNumber, part, definition, cut, archiveVersion, birth, records, lastArrival, at, holes, retainedFrom);
    }
}
