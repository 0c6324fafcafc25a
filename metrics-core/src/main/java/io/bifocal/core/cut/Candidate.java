package io.bifocal.core.cut;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A generation and a chain with another definition than the one in force, built in its shadow until they {@link
 * Manifest#promote take over}. Its chain grows from the generation's cut by a run of its own while the generation's days are
 * still being computed.
 *
 * @param definition hash of the definition
 * @param generation its part is named from the start, so that its rows stay; number 0 unless it was in force before
 * @param chain of later parts, the first from the generation's cut
 * @param covered days of the views whose rows are written, in order and not touching each other
 * @param complete whether no day is left to be computed
 */
public record Candidate(
        String definition, Generation generation, List<Part> chain, List<DayRange> covered, boolean complete) {

    /** View days from {@code from} up to, excluding, {@code to}, as days since 1970 in each view's zone. */
    public record DayRange(int from, int to) {
        public DayRange {
            if (from >= to) {
                throw new IllegalArgumentException("no days from " + from + " to " + to);
            }
        }
    }

    public Candidate {
        chain = List.copyOf(chain);
        covered = List.copyOf(covered);
    }

    /** A generation of which nothing is computed yet. */
    public static Candidate begun(String definition, Generation generation) {
        return new Candidate(definition, generation, List.of(), List.of(), false);
    }

    /** A generation that is whole, and a part that leads on from its cut. */
    public static Candidate whole(String definition, Generation generation, Part bridge) {
        return new Candidate(definition, generation, List.of(bridge), List.of(), true);
    }

    /** Up to where its records are counted. */
    @JsonIgnore
    public Positions end() {
        return chain.isEmpty() ? generation.cut() : chain.get(chain.size() - 1).to();
    }

    /** Whether a day is computed; of a complete one all are, whoever computed them. */
    @JsonIgnore
    public boolean covers(int day) {
        return complete || covered.stream().anyMatch(range -> range.from() <= day && day < range.to());
    }

    /** With the rows of more days. */
    public Candidate covering(DayRange more) {
        List<DayRange> sorted = new ArrayList<>(covered);
        sorted.add(more);
        sorted.sort(Comparator.comparingInt(DayRange::from));
        List<DayRange> joined = new ArrayList<>();
        for (DayRange range : sorted) {
            DayRange last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last != null && range.from() <= last.to()) {
                joined.set(joined.size() - 1, new DayRange(last.from(), Math.max(last.to(), range.to())));
            } else {
                joined.add(range);
            }
        }
        return new Candidate(definition, generation, chain, joined, complete);
    }

    /** With all of its days computed. */
    public Candidate completed() {
        return new Candidate(definition, generation, chain, covered, true);
    }

    Candidate with(String otherDefinition, Generation otherGeneration, List<Part> otherChain) {
        return new Candidate(otherDefinition, otherGeneration, otherChain, covered, complete);
    }
}
