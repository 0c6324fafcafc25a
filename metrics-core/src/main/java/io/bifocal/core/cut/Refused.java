package io.bifocal.core.cut;

/**
 * A transition that the manifest does not allow as it now stands. Not a fault: whoever asked reads the manifest again and
 * decides what to do (a run that was overtaken stops; a fold whose parts are gone is dropped).
 */
public final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why a transition was refused. */
    public enum Reason {
        /** Another run has joined the chain: this one may commit no more. */
        FENCED,
        /** The live part was sealed, or is not the last: go on in a new one. */
        SEALED,
        /** Not the micro-batch that comes next, or not from where the chain ends. */
        OUT_OF_ORDER,
        /** A part, boundary or generation that the request builds on is not in force any more. */
        GONE,
        /** Somebody holds a boundary inside the range. */
        PINNED,
        /** The part's id was condemned: its rows may be deleted at any time. */
        CONDEMNED,
        /** The chain has another definition. */
        OTHER_DEFINITION
    }

    private final Reason reason;

    public Refused(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
