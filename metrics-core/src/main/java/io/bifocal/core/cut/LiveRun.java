package io.bifocal.core.cut;

import io.bifocal.core.cut.Refused.Reason;
import io.bifocal.core.view.ViewStore;
import java.time.Instant;

/**
 * One run of the speed job, as the cut sees it (rule 7): it joins the chain's end, says under which part and number the next
 * micro-batch's rows go, and commits them. Rows come first, then the index, then {@link #commit}. Not thread-safe: a run
 * commits one micro-batch after the other.
 */
public final class LiveRun {
    private final ManifestEditor editor;
    private final ViewStore views;
    private final String definition;
    private final String run;
    private final int batchesPerPart;
    private Manifest manifest;
    private Slot next;

    private LiveRun(ManifestEditor editor, ViewStore views, String definition, String run, int batchesPerPart) {
        this.editor = editor;
        this.views = views;
        this.definition = definition;
        this.run = run;
        this.batchesPerPart = batchesPerPart;
    }

    /**
     * Where a micro-batch's rows go.
     *
     * @param part its id
     * @param batch its number in the part, from 1
     */
    public record Slot(String part, int batch) {}

    /**
     * Takes over the end of a definition's chain, be it in force or the candidate's, and fences every earlier run of it.
     *
     * @param run unique to this start of the job
     * @param batchesPerPart micro-batches before the run goes on in a new part
     * @throws Refused where no chain has the definition
     */
    public static LiveRun join(
            ManifestEditor editor, ViewStore views, String model, String definition, String run, int batchesPerPart) {
        LiveRun live = new LiveRun(editor, views, definition, run, batchesPerPart);
        live.manifest = editor.readOrCreate(model, definition);
        live.openPart();
        live.manifest = editor.apply(
                live.manifest,
                (current, now) -> current.under(definition, mine -> mine.join(run, live.next.part(), definition, now)));
        return live;
    }

    /** Up to where records are counted: where the next micro-batch begins. */
    public Positions end() {
        return manifest.as(definition).orElseThrow().end();
    }

    /**
     * Where the next micro-batch's rows go; another place after each commit, and after a commit that was put off. Ask before
     * every micro-batch: this registers the part, which may have been collected while there was nothing to do.
     */
    public Slot next() {
        if (next.batch() == 1) {
            views.register(manifest.model(), next.part());
        }
        return next;
    }

    /**
     * Makes a micro-batch count, whose rows and index are acknowledged under {@link #next}.
     *
     * @return false where the part was sealed or condemned meanwhile: write the rows again under {@link #next}, which is another now
     * @throws Refused {@code FENCED} where another run has taken over: this one is over. {@code OUT_OF_ORDER} where the chain
     *     does not end where the micro-batch begins: start a new run. {@code OTHER_DEFINITION} where the definition's chain
     *     is no more.
     */
    public boolean commit(Positions from, Positions to, long records, Instant lastArrival) {
        Slot slot = next;
        try {
            manifest = editor.apply(
                    manifest,
                    (current, now) -> current.under(
                            definition,
                            mine -> mine.commit(run, slot.part(), slot.batch(), from, to, records, lastArrival, now)));
        } catch (Refused refused) {
            // Collection may have been here before the rows were: it must find them again.
            views.register(manifest.model(), slot.part());
            if (refused.reason() != Reason.SEALED && refused.reason() != Reason.CONDEMNED) {
                throw refused;
            }
            manifest = editor.read(manifest.model());
            openPart();
            return false;
        }
        if (slot.batch() >= batchesPerPart) {
            openPart();
        } else {
            next = new Slot(slot.part(), slot.batch() + 1);
        }
        return true;
    }

    private void openPart() {
        next = new Slot(editor.newPart("live", manifest), 1);
    }
}
