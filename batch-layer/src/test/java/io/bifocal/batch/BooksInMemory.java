package io.bifocal.batch;

import io.bifocal.core.cut.Positions;
import io.bifocal.core.ledger.ArchiveCount;
import io.bifocal.core.ledger.ArchiveProgress;
import io.bifocal.core.ledger.LedgerAudit;
import io.bifocal.core.ledger.Quarantined;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Books by key, as a database keeps them, which can be made to fail once. */
final class BooksInMemory implements ArchiveBooks {
    final Map<List<Object>, Quarantined> quarantine = new HashMap<>();
    final Map<List<Object>, ArchiveCount> counts = new HashMap<>();
    private LedgerAudit audit;
    private Positions counted = Positions.NONE;
    private ArchiveProgress progress;
    private int publicationsToFail;

    synchronized void failNextPublications(int publications) {
        publicationsToFail = publications;
    }

    synchronized void answersCount(Positions positions) {
        counted = positions;
    }

    @Override
    public synchronized Positions counted(String model) {
        return counted;
    }

    synchronized long counted() {
        return counts.values().stream()
                .mapToLong(count -> count.archived() + count.quarantined())
                .sum();
    }

    synchronized long quarantined() {
        return counts.values().stream().mapToLong(ArchiveCount::quarantined).sum();
    }

    @Override
    public synchronized void quarantine(String model, Collection<Quarantined> records) {
        records.forEach(
                record -> quarantine.put(List.of(record.topicId(), record.partition(), record.offset()), record));
    }

    synchronized LedgerAudit audit() {
        return audit;
    }

    @Override
    public synchronized void publish(String model, LedgerAudit latest) {
        audit = latest;
    }

    @Override
    public synchronized Optional<ArchiveProgress> progress(String model) {
        return Optional.ofNullable(progress);
    }

    @Override
    public synchronized void publish(String model, Collection<ArchiveCount> changed, ArchiveProgress now) {
        if (publicationsToFail > 0) {
            publicationsToFail--;
            throw new IllegalStateException("the books are closed");
        }
        changed.forEach(count -> counts.put(List.of(count.topicId(), count.partition(), count.hour()), count));
        progress = now;
    }
}
