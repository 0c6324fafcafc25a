package io.bifocal.core.ledger;

import io.bifocal.core.cut.Positions;
import java.time.Instant;

/** How far a model's archive reaches: every record before {@code positions} is in version {@code version} of its table. */
public record ArchiveProgress(Positions positions, long version, Instant at) {}
