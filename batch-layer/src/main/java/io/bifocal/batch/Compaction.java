package io.bifocal.batch;

import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rewrites the many small files of past ingest dates, which receive no more records, as few large ones. */
final class Compaction {
    private static final Logger LOG = LoggerFactory.getLogger(Compaction.class);
    private static final int FILES_WORTH_COMPACTING = 8;

    private final ArchiveTable archive;
    private final Clock clock;

    Compaction(ArchiveTable archive, Clock clock) {
        this.archive = archive;
        this.clock = clock;
    }

    /** Nothing depends on it: a failure is logged, and the next run tries again. */
    void run() {
        try {
            LocalDate today = LocalDate.now(clock.withZone(ZoneOffset.UTC));
            List<LocalDate> closed = archive.datesOfManyFiles(FILES_WORTH_COMPACTING).stream()
                    .filter(date -> date.isBefore(today))
                    .toList();
            archive.compact(closed);
        } catch (Exception failure) { // Spark throws checked ones that it does not declare
            LOG.warn("cannot compact {}", archive.uri(), failure);
        }
    }
}
