package io.bifocal.core.cut;

import io.bifocal.core.cut.Candidate.DayRange;
import io.bifocal.core.cut.Refused.Reason;
import io.bifocal.core.view.RetainedDays;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The protocol of building another definition's generation beside the one in force (rule 10): propose it, write its days, a
 * few at a time and by whoever comes, say that it is complete, promote it. What is in force is untouched until then.
 */
public final class CandidateWriter {
    private final ManifestEditor editor;
    private final ViewStore views;
    private final String model;
    private final String definition;

    /** @param definition hash of the definition that is to take over */
    public CandidateWriter(ManifestEditor editor, ViewStore views, String model, String definition) {
        this.editor = editor;
        this.views = views;
        this.model = model;
        this.definition = definition;
    }

    /** The definition's candidate as it stands. */
    public Optional<Candidate> current() {
        return editor.read(model).candidate().filter(each -> each.definition().equals(definition));
    }

    /**
     * Begins, or finds what was begun before; a candidate of another definition is given up.
     *
     * @param cut up to where the generation will count: the positions of the archive version
     * @param lost all that the archive lacks: what of it lies before the cut, answers will say
     * @param retained days that the generation is to have at most
     * @throws Refused {@code OTHER_DEFINITION} where the definition is in force; {@code OUT_OF_ORDER} where the generation in
     *     force is cut past the archive version: read a later one
     */
    public Candidate begin(
            Positions cut,
            long archiveVersion,
            long records,
            Instant lastArrival,
            List<Hole> lost,
            RetainedDays retained) {
        Optional<Candidate> begun = current();
        if (begun.isPresent()) {
            return begun.get();
        }
        Manifest manifest = editor.read(model);
        String part = editor.newPart("batch", manifest);
        views.register(model, part);
        Generation generation = new Generation(
                0,
                part,
                definition,
                cut,
                archiveVersion,
                manifest.version(),
                records,
                lastArrival,
                Instant.EPOCH,
                Hole.within(lost, Positions.NONE, cut),
                manifest.generation().retained().and(retained).from());
        return propose(manifest, Candidate.begun(definition, generation));
    }

    /** Puts a candidate into the manifest. */
    public Candidate propose(Manifest known, Candidate candidate) {
        return editor.apply(known, (current, now) -> current.propose(candidate, now))
                .candidate()
                .orElseThrow();
    }

    /**
     * Makes days count whose rows are acknowledged.
     *
     * @param index lines of the rows that were written
     * @throws Refused {@code GONE} where the candidate was given up
     */
    public Candidate covered(Candidate candidate, DayRange days, Collection<PartDay> index) {
        String part = candidate.generation().part();
        views.writeIndex(model, part, index);
        return step(part, each -> each.covering(days));
    }

    /** Says that no day is left, and writes the index lines of what belongs to none, such as the ledger's. */
    public Candidate complete(Candidate candidate, Collection<PartDay> index) {
        String part = candidate.generation().part();
        views.writeIndex(model, part, index);
        return step(part, Candidate::completed);
    }

    /**
     * Puts the candidate in force if its run has caught up with what is.
     *
     * @param owner whose pins are let go of
     * @return empty where it has not: ask again
     */
    public static Optional<Generation> promote(
            ManifestEditor editor, String model, String definition, String owner, int keep) {
        try {
            return Optional.of(editor.apply(model, (current, now) -> current.promote(definition, owner, keep, now))
                    .generation());
        } catch (Refused refused) {
            if (refused.reason() == Reason.OUT_OF_ORDER) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    private Candidate step(String part, UnaryOperator<Candidate> step) {
        return editor.apply(model, (current, now) -> current.candidate(definition, part, step, now))
                .candidate()
                .orElseThrow();
    }
}
