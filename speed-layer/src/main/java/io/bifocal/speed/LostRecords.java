package io.bifocal.speed;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.PartId;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.ledger.ArchiveProgress;
import io.bifocal.spark.KafkaTopic;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What to do when Kafka's retention has deleted records that no run has counted. Those that the archive holds, the
 * archiver bridges from it, and the run waits; those that nobody has become a hole, over which answers say so (rule 11).
 */
final class LostRecords {
    private static final Logger LOG = LoggerFactory.getLogger(LostRecords.class);

    private final ManifestEditor editor;
    private final Function<String, Optional<ArchiveProgress>> archive;

    /** @param archive how far the archive of a model reaches */
    LostRecords(ManifestEditor editor, Function<String, Optional<ArchiveProgress>> archive) {
        this.editor = editor;
        this.archive = archive;
    }

    /**
     * Makes sure that Kafka holds all that follows the end of a definition's chain.
     *
     * @throws io.bifocal.core.error.BifocalException {@code UNAVAILABLE} while it is the archive's turn to bridge
     */
    void bridge(Manifest manifest, String definition, KafkaTopic topic) {
        Positions end = manifest.as(definition).orElse(manifest).end();
        Positions archived =
                archive.apply(manifest.model()).map(ArchiveProgress::positions).orElse(Positions.NONE);
        Positions held = topic.overMissing(end, archived);
        if (held.equals(end)) {
            return;
        }
        Positions bridged = topic.bridgeable(end, archived);
        if (!bridged.equals(end)) {
            throw Errors.of(
                    ErrorCode.UNAVAILABLE,
                    "Kafka does not hold records of " + manifest.model() + " from " + end + " to " + held
                            + " any more, which are not counted yet; the archive has those up to " + bridged + ".",
                    "Nothing is to be done: the archiver counts them within moments, once it runs.",
                    Map.of("from", end, "to", bridged));
        }
        LOG.error(
                "records lost: model={} from={} to={}: neither Kafka nor the archive has them",
                manifest.model(),
                end,
                held);
        editor.apply(
                manifest,
                (current, now) -> current.under(
                        definition,
                        mine -> mine.bridge(
                                Part.hole(PartId.next("hole", mine.version()), end, held, mine.version()),
                                definition,
                                now)));
    }
}
