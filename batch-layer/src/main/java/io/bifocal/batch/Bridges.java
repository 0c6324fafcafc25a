package io.bifocal.batch;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.PartId;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.spark.CompiledDefinition;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Parts that the archive supplies (rule 11). */
final class Bridges {
    private static final Logger LOG = LoggerFactory.getLogger(Bridges.class);

    private final Lake lake;
    private final CompiledDefinition definition;
    private final ManifestEditor editor;
    private final ViewStores stores;

    Bridges(Lake lake, CompiledDefinition definition, ManifestEditor editor, ViewStores stores) {
        this.lake = lake;
        this.definition = definition;
        this.editor = editor;
        this.stores = stores;
    }

    /**
     * Appends to the chain of the definition what follows its end in the archive, unless the speed job goes on after all.
     *
     * @param to at or below what the archive covers
     * @return whether it did
     */
    boolean append(Manifest manifest, Positions to, Noted<CommitNote> archived) {
        String hash = DefinitionJson.hash(definition.definition());
        Positions end = manifest.as(hash).orElse(manifest).end();
        String id = PartId.next("bridge", manifest.version());
        Part part = write(id, manifest.version(), end, to, archived);
        try {
            editor.apply(manifest, (current, now) -> current.under(hash, mine -> mine.bridge(part, hash, now)));
            return true;
        } catch (Refused overtaken) {
            LOG.info("the speed job went on: {}", overtaken.getMessage());
            return false;
        }
    }

    /** Writes a part of all records between two positions; nothing names it yet. */
    Part write(String id, long birth, Positions from, Positions to, Noted<CommitNote> archived) {
        Dataset<Row> archive = lake.archive().at(archived.version());
        Dataset<Row> rows = new BatchViews(definition, lake.shufflePartitions()).between(archive, from, to);
        return write(id, birth, from, to, archived, rows);
    }

    /** The same, of rows that are computed already. */
    Part write(String id, long birth, Positions from, Positions to, Noted<CommitNote> archived, Dataset<Row> rows) {
        stores.open().register(lake.model(), id);
        Dataset<Row> archive = lake.archive().at(archived.version());
        Arrivals arrivals = Arrivals.of(archive.where(ArchiveTable.between(from, to)));
        stores.open().writeIndex(lake.model(), id, ViewRows.write(rows, stores, definition, id));
        return Part.archive(id, from, to, birth, arrivals.records(), arrivals.last())
                .lacking(archived.note().lost());
    }
}
