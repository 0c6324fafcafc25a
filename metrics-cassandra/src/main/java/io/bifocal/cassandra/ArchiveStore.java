package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.bifocal.cassandra.VersionedTexts.Versioned;
import io.bifocal.core.ledger.ArchiveCount;
import io.bifocal.core.ledger.ArchiveProgress;
import io.bifocal.core.ledger.LedgerAudit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** How far each model's archive reaches and what it holds, for those who don't read the archive itself. */
public final class ArchiveStore {
    private final CassandraConnection connection;
    private final VersionedTexts progress;
    private final PreparedStatement insertCount;
    private final PreparedStatement selectCounts;
    private final PreparedStatement insertAudit;
    private final PreparedStatement selectAudit;

    public ArchiveStore(CassandraConnection connection) {
        this.connection = connection;
        this.progress = new VersionedTexts(connection, "archive_progress", "model");
        this.insertCount = connection.prepare(
                "INSERT INTO archive_counts (model, topic_id, kafka_partition, hour, archived, quarantined) "
                        + "VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?");
        this.selectCounts = connection.prepare(
                "SELECT topic_id, kafka_partition, hour, archived, quarantined FROM archive_counts WHERE model = ?");
        this.insertAudit = connection.prepare("INSERT INTO ledger_audits (model, body) VALUES (?, ?)");
        this.selectAudit = connection.prepare("SELECT body FROM ledger_audits WHERE model = ?");
    }

    /**
     * Says how far the archive reaches. A version that is not later than the one known changes nothing, so a writer that was
     * overtaken does no harm.
     *
     * @return whether it was later
     */
    public boolean publish(String model, ArchiveProgress reached) {
        while (true) {
            Optional<Versioned> known = progress.read(model);
            if (known.isPresent() && read(known.get()).version() >= reached.version()) {
                return false;
            }
            long version = known.map(Versioned::version).orElse(0L);
            if (progress.replace(version, version + 1, Json.write(reached), model)) {
                return true;
            }
        }
    }

    /** Empty where nothing has been archived yet. */
    public Optional<ArchiveProgress> progress(String model) {
        return progress.read(model).map(ArchiveStore::read);
    }

    /**
     * Writes what the archive holds of some hours, in place of what was known of them. May be repeated; counts of an earlier
     * archive version never overwrite those of a later one.
     *
     * @param archiveVersion of the table that was counted
     * @param counts absolute
     */
    public void writeCounts(String model, long archiveVersion, Collection<ArchiveCount> counts) {
        Retries.joinAll(counts.stream()
                .map(count -> connection.write(() -> insertCount
                        .bind(
                                model,
                                count.topicId(),
                                count.partition(),
                                count.hour(),
                                count.archived(),
                                count.quarantined(),
                                // Cassandra's timestamps: the greater one wins; 0 is taken for none.
                                archiveVersion + 1)
                        .setIdempotent(true)))
                .toList());
    }

    /** By topic id, partition and hour, in this order. */
    public List<ArchiveCount> counts(String model) {
        return Retries.join(connection.read(
                () -> selectCounts.bind(model),
                row -> new ArchiveCount(
                        row.getString(0), row.getInt(1), row.getLong(2), row.getLong(3), row.getLong(4))));
    }

    /** Says what came of an audit, in place of the one before. */
    public void writeAudit(String model, LedgerAudit audit) {
        String body = Json.write(audit);
        Retries.join(connection.write(() -> insertAudit.bind(model, body).setIdempotent(true)));
    }

    /** The latest audit; empty where none was made yet. */
    public Optional<LedgerAudit> audit(String model) {
        return Retries.join(connection.read(
                        () -> selectAudit.bind(model), row -> Json.read(row.getString(0), LedgerAudit.class)))
                .stream()
                .findFirst();
    }

    private static ArchiveProgress read(Versioned stored) {
        return Json.read(stored.text(), ArchiveProgress.class);
    }
}
