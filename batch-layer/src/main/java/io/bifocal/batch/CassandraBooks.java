package io.bifocal.batch;

import io.bifocal.cassandra.ArchiveStore;
import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.CassandraManifestStore;
import io.bifocal.cassandra.QuarantineStore;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.ledger.ArchiveCount;
import io.bifocal.core.ledger.ArchiveProgress;
import io.bifocal.core.ledger.LedgerAudit;
import io.bifocal.core.ledger.Quarantined;
import java.util.Collection;
import java.util.Optional;

/** The archiver's books in Cassandra. */
final class CassandraBooks implements ArchiveBooks {
    private final ArchiveStore archive;
    private final QuarantineStore quarantine;
    private final ManifestStore manifests;

    CassandraBooks(CassandraConnection connection) {
        this.archive = new ArchiveStore(connection);
        this.quarantine = new QuarantineStore(connection);
        this.manifests = new CassandraManifestStore(connection);
    }

    @Override
    public void quarantine(String model, Collection<Quarantined> records) {
        quarantine.write(model, records);
    }

    @Override
    public Positions counted(String model) {
        return manifests.read(model).map(Manifest::frontier).orElse(Positions.NONE);
    }

    @Override
    public Optional<ArchiveProgress> progress(String model) {
        return archive.progress(model);
    }

    /** Progress comes last: what it says was told is not told again. */
    @Override
    public void publish(String model, Collection<ArchiveCount> counts, ArchiveProgress progress) {
        archive.writeCounts(model, progress.version(), counts);
        archive.publish(model, progress);
    }

    @Override
    public void publish(String model, LedgerAudit audit) {
        archive.writeAudit(model, audit);
    }
}
