package io.bifocal.batch;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.KafkaTopic;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts from the archive what the speed job has not counted and Kafka does not hold any more (rule 11). The speed job waits
 * for this, and goes on behind it; what the archive lacks too, the speed job declares a hole.
 */
final class Gaps {
    private static final Logger LOG = LoggerFactory.getLogger(Gaps.class);

    private final SparkSession spark;
    private final String archiveUri;
    private final Admin admin;
    private final ArchiveBooks books;
    private final ManifestStore manifests;
    private final ViewStores stores;

    Gaps(
            SparkSession spark,
            String archiveUri,
            Admin admin,
            ArchiveBooks books,
            ManifestStore manifests,
            ViewStores stores) {
        this.spark = spark;
        this.archiveUri = archiveUri;
        this.admin = admin;
        this.books = books;
        this.manifests = manifests;
        this.stores = stores;
    }

    /**
     * Bridges the gaps behind what is counted of a model, in force and in a candidate, where there are any and the archive
     * reaches into them.
     *
     * @param definitions of the model, by hash
     * @return whether it did
     */
    boolean bridge(String model, Function<String, Optional<Definition>> definitions) {
        Optional<Manifest> manifest = manifests.read(model);
        boolean bridged = false;
        for (String hash : manifest.map(Manifest::definitions).orElse(List.of())) {
            Optional<Definition> definition = definitions.apply(hash);
            bridged |= definition.isPresent() && bridge(manifest.get(), definition.get());
        }
        return bridged;
    }

    private boolean bridge(Manifest manifest, Definition definition) {
        String model = manifest.model();
        Positions end =
                manifest.as(DefinitionJson.hash(definition)).orElseThrow().end();
        KafkaTopic topic = KafkaTopic.read(admin, definition.model().source().topic());
        Positions told =
                books.progress(model).map(progress -> progress.positions()).orElse(Positions.NONE);
        if (topic.bridgeable(end, told).equals(end)) {
            return false;
        }
        Lake lake = new Lake(spark.newSession(), archiveUri, model);
        Noted<CommitNote> archived = lake.archive().archived();
        Positions to = topic.bridgeable(end, archived.note().positions());
        LOG.warn("Kafka does not hold records of {} from {} to {} any more: counting from the archive", model, end, to);
        return new Bridges(
                        lake,
                        CompiledDefinition.of(definition),
                        new ManifestEditor(manifests, Clock.systemUTC()),
                        stores)
                .append(manifest, to, archived);
    }
}
