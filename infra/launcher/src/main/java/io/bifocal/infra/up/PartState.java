package io.bifocal.infra.up;

/** What a part is doing. */
public enum PartState {
    /** Its process runs, but does not do its work yet. */
    STARTING,
    UP,
    /** Its process died; the next is started after a pause. */
    RESTARTING,
    /** Stopped for good. */
    DOWN
}
