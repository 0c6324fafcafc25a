package io.bifocal.batch;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.batch.SidedRows.Stored;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.reconciliation.Attribution.Occasion;
import io.bifocal.reconciliation.Side;
import io.bifocal.spark.CompiledDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Tells which numbers moved when another definition took over. Its chain and the one before end at different positions, and
 * neither stands still; so both are led to the archive's end by the archive itself.
 */
final class Redefinition {
    private final Lake lake;
    private final ViewStores stores;
    private final Restating restating;

    Redefinition(Lake lake, ViewStores stores, Restating restating) {
        this.lake = lake;
        this.stores = stores;
        this.restating = restating;
    }

    /**
     * What answers are given with.
     *
     * @param generation that was computed with the definition; {@link Generation#NONE}: everything was live
     */
    record Served(Definition definition, Generation generation) {}

    /**
     * Writes the restatements.
     *
     * @param occasion what put the later one in force
     * @param rest the cause of what no other cause explains
     */
    Reconciliation tell(Served before, Served after, String occasion, Cause rest) {
        Noted<CommitNote> archived = lake.archive().archived();
        Dataset<Row> archive = lake.archive().at(archived.version());
        Positions end = archived.note().positions();
        List<Stored> stored = new ArrayList<>();
        stored.addAll(SidedRows.of(stores.open(), lake.model(), before.generation(), Side.BASE));
        stored.addAll(SidedRows.of(stores.open(), lake.model(), after.generation(), Side.AFTER));
        // What is put back in force was computed before: no exact number is published then.
        Instant exactSince = after.generation().cut().covers(before.generation().cut())
                ? before.generation().publishedAt()
                : Instant.EPOCH;
        Occasion redefined = new Occasion(before.definition(), after.definition(), rest, exactSince);
        try (Restating.Compared compared = restating.compare(
                stored,
                List.of(),
                () -> since(before, after, archive, end),
                before.generation().retained().and(after.generation().retained()),
                redefined)) {
            return compared.tell(
                    new Untold.Note(after.generation().part(), occasion, Instant.now()),
                    after.generation().number());
        }
    }

    /** What both count beside their generations, up to the archive's end. */
    private Map<Side, Dataset<Row>> since(Served before, Served after, Dataset<Row> archive, Positions end) {
        Positions cut = before.generation().cut();
        CompiledDefinition later = CompiledDefinition.of(after.definition());
        BatchViews views = views(later);
        Map<Side, Dataset<Row>> since = new EnumMap<>(Side.class);
        since.put(Side.LIVE, views(CompiledDefinition.of(before.definition())).each(archive, cut, end));
        since.put(Side.AFTER, views.between(archive, after.generation().cut(), end));
        if (!after.definition().model().identity().isEmpty()) {
            // Records since the cut that the later definition takes for events that were counted.
            Dataset<Row> records = archive.where(ArchiveTable.between(cut, end));
            TouchedDays touched =
                    Added.of(new Reading(later).found(records), later).touched();
            since.put(Side.DUPLICATES, views.of(archive, cut, end, touched).duplicates());
        }
        return since;
    }

    private BatchViews views(CompiledDefinition definition) {
        return new BatchViews(definition, lake.shufflePartitions());
    }
}
