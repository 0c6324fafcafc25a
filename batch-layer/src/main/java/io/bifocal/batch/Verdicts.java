package io.bifocal.batch;

import io.bifocal.cassandra.QuarantineStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Whether archived records are events, said anew once another definition is in force: the archive, the quarantine and the
 * ledger follow what answers count already. A record keeps its position whatever it becomes.
 *
 * <p>Each step may be done again: whoever goes on after a crash begins at the first.
 */
final class Verdicts {
    private final JobContext context;
    private final QuarantineStore quarantine;
    private final Fence fence;

    /** @param context of the definition in force */
    Verdicts(JobContext context, QuarantineStore quarantine, ArchiveBooks books) {
        this.context = context;
        this.quarantine = quarantine;
        this.fence = new Fence(context, books);
    }

    /**
     * Records whose verdict changed.
     *
     * @param released from quarantine
     * @param quarantined which were events before
     */
    record Revised(long released, long quarantined) {}

    Revised revise() {
        context.monitor().report(0.96, "looking for records that are events now, and for those that are none any more");
        // An archiver that starts anew reads with the definition in force; what came before it is revised here.
        fence.raise();
        ArchiveTable archive = context.lake().archive();
        StructType event =
                ArchiveSchema.event(context.definition().definition().model(), ArchiveSchema.event(archive.schema()));
        ArchiveRows rows = new ArchiveRows(context.definition(), event);
        Dataset<Row> otherwise = archive.newest()
                .where(functions.not(new Reading(context.definition()).same()).and(functions.not(Erasure.ERASED)));
        Column isEvent = functions.col(ArchiveSchema.REASON).isNull();
        Dataset<Row> released =
                rows.again(otherwise.where(functions.not(isEvent))).where(isEvent);
        Dataset<Row> condemned = rows.again(otherwise.where(isEvent)).where(functions.not(isEvent));
        Dataset<Row> changed = released.union(condemned).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Revised revised = new Revised(
                    changed.where(isEvent).count(),
                    changed.where(functions.not(isEvent)).count());
            context.monitor()
                    .report(
                            0.97,
                            "releasing " + revised.released() + " records, quarantining " + revised.quarantined());
            QuarantinedRows.forEach(changed, some -> quarantine.write(context.model(), some));
            QuarantinedRows.forEachPosition(changed.where(isEvent), some -> quarantine.delete(context.model(), some));
            // After the quarantine: what is to be done there is found out from the archive.
            archive.revise(changed);
            fence.raise().appender().recount();
            return revised;
        } finally {
            changed.unpersist();
        }
    }
}
