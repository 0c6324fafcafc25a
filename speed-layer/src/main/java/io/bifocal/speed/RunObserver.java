package io.bifocal.speed;

import io.bifocal.core.cut.Positions;

/** Learns what a run has done. */
interface RunObserver {
    /** A micro-batch counts now, whose records end at these positions. */
    void committed(Positions to, long records, long quarantined);
}
