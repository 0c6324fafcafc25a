package io.bifocal.core.cut;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.bifocal.core.cut.Refused.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The one row that names what is in force for a model: the generation, and the chain of parts that follows it up to now.
 * Immutable; each transition returns the next version, or refuses. A store replaces a version by its successor only ({@link
 * ManifestStore}). docs/VIEWS.md states the rules; the numbers in the comments are theirs.
 *
 * @param version of this row, one more with every transition
 * @param definition hash of the definition that all its parts were computed with
 * @param generation in force
 * @param chain of later parts, each from where the one before ends, the first from the generation's cut
 * @param kept earlier generations that can be rolled back to, oldest first, without the one in force
 * @param lastGeneration the highest number ever given to a generation
 * @param pins boundaries that folds must leave in place
 * @param retired parts that the chain named until lately and readers may still be reading
 * @param condemnedBefore part ids born before this version may be named no more, unless they are named already
 * @param candidate another definition's generation and chain, which are to take over
 * @param updatedAt when this version was made
 */
public record Manifest(
        String model,
        long version,
        String definition,
        Generation generation,
        List<Part> chain,
        List<Generation> kept,
        long lastGeneration,
        List<Pin> pins,
        List<Retired> retired,
        long condemnedBefore,
        Optional<Candidate> candidate,
        Instant updatedAt) {

    /** A boundary that a job needs to find again, until it publishes or {@code until} passes. */
    public record Pin(String owner, Positions boundary, long birth, Instant until) {}

    /** A part that this manifest names no more, since {@code at}. */
    public record Retired(String part, Instant at) {}

    /** Rule 3, checked of every version that is ever made: each part begins where the one before it ends. */
    public Manifest {
        chain = List.copyOf(chain);
        kept = List.copyOf(kept);
        pins = List.copyOf(pins);
        retired = List.copyOf(retired);
        requireChained(generation, chain);
        candidate = candidate == null ? Optional.empty() : candidate;
        candidate.ifPresent(each -> requireChained(each.generation(), each.chain()));
    }

    private static void requireChained(Generation generation, List<Part> chain) {
        Positions at = generation.cut();
        for (Part part : chain) {
            if (!part.from().equals(at) || !part.to().covers(part.from())) {
                throw new IllegalStateException(
                        "part " + part.id() + " begins at " + part.from() + ", the chain before it ends at " + at);
            }
            at = part.to();
        }
    }

    /** The manifest of a model without any data. */
    public static Manifest initial(String model, String definition, Instant now) {
        return new Manifest(
                model,
                1,
                definition,
                Generation.NONE,
                List.of(),
                List.of(),
                0,
                List.of(),
                List.of(),
                0,
                Optional.empty(),
                now);
    }

    /** Up to where records are counted. */
    public Positions end() {
        return chain.isEmpty() ? generation.cut() : last().to();
    }

    /** Up to where records are counted in force or by the candidate, whichever is further in a partition. */
    @JsonIgnore
    public Positions frontier() {
        return candidate.map(each -> end().max(each.end())).orElse(end());
    }

    /** The latest broker time among the records that are counted. */
    @JsonIgnore
    public Instant lastArrival() {
        return chain.stream().map(Part::lastArrival).reduce(generation.lastArrival(), (a, b) -> a.isAfter(b) ? a : b);
    }

    /** Every boundary at which the chain can be divided, the generation's cut first. */
    @JsonIgnore
    public List<Positions> boundaries() {
        List<Positions> boundaries = new ArrayList<>();
        boundaries.add(generation.cut());
        chain.forEach(part -> boundaries.add(part.to()));
        return boundaries;
    }

    /** The latest boundary at or below some positions, such as an archive's; empty where they lie before the cut. */
    public Optional<Positions> boundaryWithin(Positions limit) {
        return boundaries().stream().filter(limit::covers).reduce((a, b) -> b);
    }

    /**
     * Ids that this manifest names: their rows must stay. Days carried over from other parts are named by their index. An
     * emptied part has no rows that anybody needs: all that is left of it is its run's hold on the chain's end.
     */
    public Set<String> names() {
        Set<String> names = new HashSet<>();
        addRead(chain, names);
        kept.forEach(kept -> names.add(kept.part()));
        names.add(generation.part());
        candidate.ifPresent(each -> {
            addRead(each.chain(), names);
            names.add(each.generation().part());
        });
        names.remove("");
        return names;
    }

    /** Ids that this manifest names, or an earlier one did until less than the grace ago: their rows are there. */
    public Set<String> namedWithin(Duration grace, Instant now) {
        Set<String> named = names();
        retired.stream()
                .filter(part -> now.isBefore(part.at().plus(grace)))
                .map(Retired::part)
                .forEach(named::add);
        return named;
    }

    /** One that is empty and open is about to be written to; one that is sealed never is. */
    private static void addRead(List<Part> chain, Set<String> names) {
        chain.stream()
                .filter(part -> !part.empty() || !part.sealed())
                .map(Part::id)
                .forEach(names::add);
    }

    /**
     * Rule 10: another definition for a model none of whose records is counted. Every run is fenced, and joins anew.
     *
     * @throws Refused {@code OTHER_DEFINITION} where records are counted: those need a generation with that definition
     */
    public Manifest redefined(String newDefinition, Instant now) {
        if (!end().equals(Positions.NONE)) {
            requireDefinition(newDefinition);
        }
        return newDefinition.equals(definition)
                ? this
                : new Manifest(
                        model,
                        version + 1,
                        newDefinition,
                        generation,
                        List.of(),
                        kept,
                        lastGeneration,
                        pins,
                        retired,
                        condemnedBefore,
                        Optional.empty(),
                        now);
    }

    /** The definitions that runs count with: the one in force, and the candidate's. */
    @JsonIgnore
    public List<String> definitions() {
        return candidate.map(each -> List.of(definition, each.definition())).orElse(List.of(definition));
    }

    /**
     * This manifest as it is for a definition: what is in force for its own; with the candidate's, what will be in force once
     * that takes over. Empty for any other.
     */
    public Optional<Manifest> as(String whose) {
        if (whose.equals(definition)) {
            return Optional.of(this);
        }
        return candidate.filter(each -> each.definition().equals(whose)).map(each -> exchanged(version, updatedAt));
    }

    /**
     * A transition of what {@link #as} gives for a definition.
     *
     * @throws Refused {@code OTHER_DEFINITION} where that is neither in force nor the candidate's; and as the transition does
     */
    public Manifest under(String whose, UnaryOperator<Manifest> transition) {
        if (whose.equals(definition)) {
            return transition.apply(this);
        }
        Manifest before = as(whose)
                .orElseThrow(() -> new Refused(
                        Reason.OTHER_DEFINITION,
                        "the chains have the definitions " + definitions() + ", not " + whose));
        Manifest after = transition.apply(before);
        return after.version == version ? this : after.exchanged(after.version, after.updatedAt);
    }

    private Manifest exchanged(long itsVersion, Instant at) {
        Candidate other = candidate.orElseThrow();
        return new Manifest(
                model,
                itsVersion,
                other.definition(),
                other.generation(),
                other.chain(),
                kept,
                lastGeneration,
                pins,
                retired,
                condemnedBefore,
                Optional.of(other.with(definition, generation, chain)),
                at);
    }

    /**
     * Rule 10: begins to build another definition's generation and chain, in the stead of any other candidate.
     *
     * @throws Refused {@code GONE} where a generation that was in force before is not kept any more: days that it carried over
     *     may be deleted; {@code OUT_OF_ORDER} where a new one was to be cut before the one in force: what it would count anew of
     *     the topic may have been erased
     */
    public Manifest propose(Candidate next, Instant now) {
        if (next.definition().equals(definition)) {
            throw new Refused(Reason.OTHER_DEFINITION, "definition " + definition + " is in force already");
        }
        if (next.generation().none()) {
            requireAlive(next.generation().birth(), next.generation().part());
            requireNotBefore(next.generation().cut());
        } else if (!names().contains(next.generation().part())) {
            throw new Refused(Reason.GONE, "generation " + next.generation().number() + " is not kept any more");
        }
        next.chain().forEach(part -> requireAlive(part.birth(), part.id()));
        return withCandidate(Optional.of(next), now);
    }

    /**
     * Goes on with the candidate of a definition.
     *
     * @throws Refused {@code GONE} where it is not the candidate, or another part is built
     */
    public Manifest candidate(String whose, String part, UnaryOperator<Candidate> step, Instant now) {
        Candidate current = candidate
                .filter(each -> each.definition().equals(whose)
                        && each.generation().part().equals(part))
                .orElseThrow(() -> new Refused(Reason.GONE, "the candidate " + part + " has been given up"));
        return withCandidate(Optional.of(step.apply(current)), now);
    }

    /** Gives up the candidate. */
    public Manifest withdraw(Instant now) {
        return candidate.isEmpty() ? this : withCandidate(Optional.empty(), now);
    }

    /**
     * Rule 10: puts the candidate in force, in one step with its own run.
     *
     * @param keep how many earlier generations remain to be rolled back to
     * @throws Refused {@code GONE} where it is not there any more; {@code OUT_OF_ORDER} while it is not computed, or counts
     *     less than what is in force: ask again once its run has caught up
     */
    public Manifest promote(String whose, String owner, int keep, Instant now) {
        Candidate next = candidate
                .filter(each -> each.definition().equals(whose))
                .orElseThrow(() -> new Refused(Reason.GONE, "definition " + whose + " is not the candidate"));
        if (!next.complete()) {
            throw new Refused(Reason.OUT_OF_ORDER, "not all of the history is computed with definition " + whose);
        }
        if (!next.end().covers(end())) {
            throw new Refused(
                    Reason.OUT_OF_ORDER,
                    "definition " + whose + " counts up to " + next.end() + ", not yet to " + end());
        }
        Generation number = next.generation().number() > 0
                ? next.generation()
                : next.generation().numbered(lastGeneration + 1, now);
        List<Generation> nextKept = new ArrayList<>(kept);
        nextKept.removeIf(each -> each.number() == number.number());
        if (!generation.none()) {
            nextKept.add(generation);
        }
        Manifest promoted = new Manifest(
                model,
                version + 1,
                next.definition(),
                number,
                next.chain(),
                nextKept.subList(Math.max(0, nextKept.size() - keep), nextKept.size()),
                Math.max(lastGeneration, number.number()),
                pinsWithout(owner, now),
                retired,
                condemnedBefore,
                Optional.empty(),
                now);
        return promoted.retiring(names(), now);
    }

    private Manifest withCandidate(Optional<Candidate> next, Instant now) {
        return new Manifest(
                        model,
                        version + 1,
                        definition,
                        generation,
                        chain,
                        kept,
                        lastGeneration,
                        pins,
                        retired,
                        condemnedBefore,
                        next,
                        now)
                .retiring(names(), now);
    }

    /** Rule 7: a new run takes over the end of the chain; every earlier run is fenced from here on. */
    public Manifest join(String run, String partId, String withDefinition, Instant now) {
        requireDefinition(withDefinition);
        requireAlive(PartId.birth(partId), partId);
        List<Part> next = withoutEmptyTail();
        next.add(Part.live(partId, run, end()));
        return with(next, now);
    }

    /**
     * Rule 7: commits a micro-batch whose rows are already acknowledged.
     *
     * @param run that commits; it must own the chain's last part
     * @param partId under which the rows were written: the last part's, or a new one to go on in
     * @param batch number of the micro-batch in that part, from 1
     * @param from where the micro-batch begins: the chain's end
     */
    public Manifest commit(
            String run,
            String partId,
            int batch,
            Positions from,
            Positions to,
            long records,
            Instant lastArrival,
            Instant now) {
        if (chain.isEmpty() || !last().run().equals(run)) {
            throw new Refused(Reason.FENCED, "run " + run + " does not own the end of the chain of " + model);
        }
        if (!from.equals(end()) || !to.covers(from)) {
            throw new Refused(
                    Reason.OUT_OF_ORDER, "micro-batch from " + from + " to " + to + " after the end " + end());
        }
        boolean inLast = last().id().equals(partId);
        if (inLast && last().sealed()) {
            throw new Refused(Reason.SEALED, "part " + partId + " is sealed");
        }
        if (batch != (inLast ? last().batches() + 1 : 1)) {
            throw new Refused(Reason.OUT_OF_ORDER, "micro-batch " + batch + " of part " + partId);
        }
        List<Part> next;
        if (inLast) {
            next = new ArrayList<>(chain.subList(0, chain.size() - 1));
            next.add(last().committed(to, records, lastArrival));
        } else {
            requireAlive(PartId.birth(partId), partId);
            next = withoutEmptyTail();
            if (!next.isEmpty() && next.size() == chain.size()) {
                next.set(next.size() - 1, last().asSealed());
            }
            next.add(Part.live(partId, run, from).committed(to, records, lastArrival));
        }
        return with(next, now);
    }

    /** Makes the chain's end a boundary: the open live part takes no more micro-batches. */
    public Manifest seal(Instant now) {
        if (chain.isEmpty() || last().sealed() || last().empty()) {
            return this;
        }
        List<Part> next = new ArrayList<>(chain.subList(0, chain.size() - 1));
        next.add(last().asSealed());
        return with(next, now);
    }

    /**
     * Rule 11: puts one part in the place of consecutive ones that cover the same records.
     *
     * @param replaced ids, in the chain's order; all sealed
     */
    public Manifest fold(List<String> replaced, Part folded, Instant now) {
        requireAlive(folded.birth(), folded.id());
        int first = indexOf(replaced.get(0));
        int end = first + replaced.size();
        if (first < 0
                || end > chain.size()
                || !chain.subList(first, end).stream().map(Part::id).toList().equals(replaced)) {
            throw new Refused(Reason.GONE, "the chain does not hold " + replaced + " in this order");
        }
        if (chain.subList(first, end).stream().anyMatch(part -> !replaceable(part))) {
            throw new Refused(Reason.SEALED, "a part of " + replaced + " still takes micro-batches");
        }
        for (Part inner : chain.subList(first, end - 1)) {
            if (pins.stream()
                    .anyMatch(pin -> pin.until().isAfter(now) && pin.boundary().equals(inner.to()))) {
                throw new Refused(Reason.PINNED, "the boundary " + inner.to() + " is pinned");
            }
        }
        List<Part> next = new ArrayList<>(chain.subList(0, first));
        next.add(folded);
        next.addAll(chain.subList(end, chain.size()));
        return with(ownedAsBefore(next), now);
    }

    /** Holds a boundary in place for a job, in the stead of any that the job held before. */
    public Manifest pin(Pin pin, Instant now) {
        requireAlive(pin.birth(), "of " + pin.owner());
        if (!boundaries().contains(pin.boundary())) {
            throw new Refused(Reason.GONE, "no boundary at " + pin.boundary());
        }
        List<Pin> next = pinsWithout(pin.owner(), now);
        next.add(pin);
        return new Manifest(
                model,
                version + 1,
                definition,
                generation,
                chain,
                kept,
                lastGeneration,
                next,
                retired,
                condemnedBefore,
                candidate,
                now);
    }

    /** Lets go of what a job pinned. */
    public Manifest unpin(String owner, Instant now) {
        return new Manifest(
                model,
                version + 1,
                definition,
                generation,
                chain,
                kept,
                lastGeneration,
                pinsWithout(owner, now),
                retired,
                condemnedBefore,
                candidate,
                now);
    }

    /**
     * Rule 8: puts a new generation in force in place of the chain's prefix up to its cut.
     *
     * @param next the generation, whose number is given here
     * @param base number of the generation that it was built from, which must still be in force
     * @param keep how many earlier generations remain to be rolled back to
     */
    public Manifest publish(Generation next, long base, String withDefinition, String owner, int keep, Instant now) {
        return publish(next, base, withDefinition, owner, keep, candidate, now);
    }

    /** Rule 14: the same, with nothing left beside it: no earlier generation, and no candidate. */
    public Manifest publishAlone(Generation next, long base, String withDefinition, String owner, Instant now) {
        return publish(next, base, withDefinition, owner, 0, Optional.empty(), now);
    }

    private Manifest publish(
            Generation next,
            long base,
            String withDefinition,
            String owner,
            int keep,
            Optional<Candidate> beside,
            Instant now) {
        requireDefinition(withDefinition);
        requireAlive(next.birth(), next.part());
        requireBase(base);
        List<Generation> nextKept = new ArrayList<>(kept);
        if (!generation.none()) {
            nextKept.add(generation);
        }
        return inForce(
                next.numbered(lastGeneration + 1, now),
                suffixFrom(next.cut()),
                nextKept.subList(Math.max(0, nextKept.size() - keep), nextKept.size()),
                beside,
                owner,
                now);
    }

    /**
     * Rule 13: puts an earlier generation back in force, of the same definition; one of another is {@link #propose proposed}.
     *
     * @param bridge from the earlier generation's cut to a boundary of the chain, computed from the archive
     * @param base number of the generation in force when the bridge was built
     */
    public Manifest rollback(long number, long base, Part bridge, String owner, Instant now) {
        requireAlive(bridge.birth(), bridge.id());
        requireBase(base);
        Generation earlier = kept(number)
                .orElseThrow(() -> new Refused(Reason.GONE, "generation " + number + " is not kept any more"));
        if (earlier.number() == generation.number()) {
            throw new Refused(Reason.OUT_OF_ORDER, "generation " + number + " is in force");
        }
        requireDefinition(earlier.definition());
        if (!bridge.from().equals(earlier.cut())) {
            throw new Refused(Reason.GONE, "the bridge does not begin at the cut of generation " + number);
        }
        List<Part> next = new ArrayList<>();
        next.add(bridge);
        next.addAll(suffixFrom(bridge.to()));
        List<Generation> nextKept = new ArrayList<>(kept);
        nextKept.remove(earlier);
        nextKept.add(generation);
        return inForce(earlier, next, nextKept, candidate, owner, now);
    }

    /** Rule 11: appends what the archive supplies where no run does; whatever run was last is fenced. */
    public Manifest bridge(Part part, String withDefinition, Instant now) {
        requireDefinition(withDefinition);
        requireAlive(part.birth(), part.id());
        if (!part.from().equals(end())) {
            throw new Refused(Reason.OUT_OF_ORDER, "part from " + part.from() + " after the end " + end());
        }
        List<Part> next = withoutEmptyTail();
        next.add(part);
        return with(next, now);
    }

    /**
     * Rule 12: from here on, no part born before a version can be named that is not named already. Bounded by what pinned
     * jobs still mean to publish.
     */
    public Manifest condemn(long before, Instant now) {
        long bound = pins.stream()
                .filter(pin -> pin.until().isAfter(now))
                .mapToLong(Pin::birth)
                .reduce(before, Math::min);
        return bound <= condemnedBefore ? this : withCollection(retired, bound, now);
    }

    /** Rule 12: forgets retired parts whose rows were deleted. */
    public Manifest collected(Set<String> parts, Instant now) {
        List<Retired> left =
                retired.stream().filter(part -> !parts.contains(part.part())).toList();
        return left.size() == retired.size() ? this : withCollection(left, condemnedBefore, now);
    }

    /** The generations that answers are given from, or can be given from again: kept ones, then the one in force. */
    @JsonIgnore
    public List<Generation> generations() {
        return Stream.concat(kept.stream(), Stream.of(generation))
                .filter(each -> !each.none())
                .toList();
    }

    /** A kept generation, or the one in force, by its number. */
    public Optional<Generation> kept(long number) {
        return generation.number() == number
                ? Optional.of(generation)
                : kept.stream().filter(g -> g.number() == number).findFirst();
    }

    private Part last() {
        return chain.get(chain.size() - 1);
    }

    /** A run that is not the last can commit no more, so its part is as good as sealed. */
    private boolean replaceable(Part part) {
        return part.sealed() || !part.equals(last());
    }

    private int indexOf(String partId) {
        for (int i = 0; i < chain.size(); i++) {
            if (chain.get(i).id().equals(partId)) {
                return i;
            }
        }
        return -1;
    }

    private List<Part> withoutEmptyTail() {
        return new ArrayList<>(!chain.isEmpty() && last().empty() ? chain.subList(0, chain.size() - 1) : chain);
    }

    private List<Part> suffixFrom(Positions boundary) {
        int index = boundaries().lastIndexOf(boundary);
        if (index < 0) {
            throw new Refused(Reason.GONE, "no boundary at " + boundary + " any more");
        }
        // An empty live part begins and ends at its boundary: it must survive, for its run owns the end.
        while (index > 0 && chain.get(index - 1).empty()) {
            index--;
        }
        return chain.subList(index, chain.size());
    }

    /**
     * Where the last run's part is taken out of the chain, an emptied one stays at the end: the run owns the end, and goes on
     * in another part.
     */
    private List<Part> ownedAsBefore(List<Part> next) {
        boolean replaced = !chain.isEmpty()
                && last().kind() == Part.Kind.LIVE
                && (next.isEmpty() || !next.get(next.size() - 1).run().equals(last().run()));
        if (!replaced) {
            return next;
        }
        List<Part> owned = new ArrayList<>(next);
        owned.add(last().emptied());
        return owned;
    }

    private List<Pin> pinsWithout(String owner, Instant now) {
        return new ArrayList<>(pins.stream()
                .filter(pin -> !pin.owner().equals(owner) && pin.until().isAfter(now))
                .toList());
    }

    private void requireDefinition(String other) {
        if (!definition.equals(other)) {
            throw new Refused(Reason.OTHER_DEFINITION, "the chain has definition " + definition + ", not " + other);
        }
    }

    private void requireAlive(long birth, String part) {
        if (birth < condemnedBefore) {
            throw new Refused(
                    Reason.CONDEMNED, "part " + part + " was born at " + birth + ", before " + condemnedBefore);
        }
    }

    private void requireNotBefore(Positions cut) {
        if (!cut.covers(generation.cut())) {
            throw new Refused(Reason.OUT_OF_ORDER, "a cut at " + cut + ", before that in force at " + generation.cut());
        }
    }

    private void requireBase(long base) {
        if (generation.number() != base) {
            throw new Refused(Reason.GONE, "generation " + generation.number() + " is in force, not " + base);
        }
    }

    private Manifest with(List<Part> nextChain, Instant now) {
        return next(generation, nextChain, kept, lastGeneration, candidate, pins, now);
    }

    private Manifest inForce(
            Generation next,
            List<Part> nextChain,
            List<Generation> nextKept,
            Optional<Candidate> beside,
            String owner,
            Instant now) {
        return next(
                next,
                ownedAsBefore(nextChain),
                nextKept,
                Math.max(lastGeneration, next.number()),
                beside,
                pinsWithout(owner, now),
                now);
    }

    private Manifest withCollection(List<Retired> nextRetired, long before, Instant now) {
        return new Manifest(
                model,
                version + 1,
                definition,
                generation,
                chain,
                kept,
                lastGeneration,
                pins,
                nextRetired,
                before,
                candidate,
                now);
    }

    /** The next version; what it names no more is retired. */
    private Manifest next(
            Generation nextGeneration,
            List<Part> nextChain,
            List<Generation> nextKept,
            long nextLastGeneration,
            Optional<Candidate> nextCandidate,
            List<Pin> nextPins,
            Instant now) {
        return new Manifest(
                        model,
                        version + 1,
                        definition,
                        nextGeneration,
                        nextChain,
                        nextKept,
                        nextLastGeneration,
                        nextPins,
                        retired,
                        condemnedBefore,
                        nextCandidate,
                        now)
                .retiring(names(), now);
    }

    /** This, with what an earlier version named and it does not as retired. */
    private Manifest retiring(Set<String> named, Instant now) {
        Set<String> gone = new HashSet<>(named);
        gone.removeAll(names());
        if (gone.isEmpty()) {
            return this;
        }
        List<Retired> nextRetired = new ArrayList<>(retired);
        gone.stream().sorted().forEach(part -> nextRetired.add(new Retired(part, now)));
        return new Manifest(
                model,
                version,
                definition,
                generation,
                chain,
                kept,
                lastGeneration,
                pins,
                nextRetired,
                condemnedBefore,
                candidate,
                now);
    }
}
