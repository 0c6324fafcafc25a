package io.bifocal.core.query;

import io.bifocal.core.cut.Manifest;
import java.time.Instant;

/** Tells up to which arrival a manifest counts everything. */
@FunctionalInterface
public interface Freshness {
    /**
     * The latest moment such that every record that had arrived by then is counted by the manifest; {@link Instant#EPOCH}
     * where nothing is known. Must be quick: no network on the way.
     */
    Instant freshThrough(Manifest manifest);
}
