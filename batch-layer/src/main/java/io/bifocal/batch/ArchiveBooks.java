package io.bifocal.batch;

import io.bifocal.core.cut.Positions;
import io.bifocal.core.ledger.ArchiveCount;
import io.bifocal.core.ledger.ArchiveProgress;
import io.bifocal.core.ledger.LedgerAudit;
import io.bifocal.core.ledger.Quarantined;
import java.util.Collection;
import java.util.Optional;

/** What the archiver tells others, outside the archive. All of it can be told again: keys decide, not the number of writes. */
public interface ArchiveBooks {
    /** Notes records that could not become events, before the archive holds them. */
    void quarantine(String model, Collection<Quarantined> records);

    /** Up to where answers count records, or will once a candidate takes over. */
    Positions counted(String model);

    /** What {@link #publish} said last. */
    Optional<ArchiveProgress> progress(String model);

    /**
     * Tells what the archive holds.
     *
     * @param counts absolute, for every (topic id, partition, hour) that changed since the last call
     */
    void publish(String model, Collection<ArchiveCount> counts, ArchiveProgress progress);

    /** Tells what came of an audit, in place of the one before. */
    void publish(String model, LedgerAudit audit);
}
