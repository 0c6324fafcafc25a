package io.bifocal.core.ledger;

import java.time.Instant;
import java.util.List;

/**
 * What came of holding a model's archive, record by record, against Kafka and against its views.
 *
 * @param archiveVersion of the table that was read
 * @param manifestVersion whose parts it was held against
 * @param missingFiles data files that the archive's log names and that are not there
 */
public record LedgerAudit(
        Instant at, long archiveVersion, long manifestVersion, List<String> missingFiles, List<LedgerFault> faults) {
    public LedgerAudit {
        missingFiles = List.copyOf(missingFiles);
        faults = List.copyOf(faults);
    }
}
