package io.bifocal.serving.operation;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.ledger.ArchiveCount;
import io.bifocal.core.ledger.ArchiveProgress;
import io.bifocal.core.ledger.LedgerAudit;
import io.bifocal.core.ledger.LedgerCell;
import io.bifocal.core.ledger.LedgerReader;
import io.bifocal.core.ledger.LedgerReader.Counts;
import io.bifocal.core.model.Definition;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewStore;
import io.bifocal.serving.kafka.Arrivals;
import io.bifocal.serving.kafka.Topics;
import io.bifocal.serving.storage.Storage;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares, partition by partition and hour by hour, what answers count with what the archive holds: the law of conservation.
 * Both lag behind Kafka, each by its own time, so only hours at rest are judged.
 */
@Singleton
class Ledger {
    private static final long SECONDS_PER_HOUR = 3_600;

    /** How far the broker's clock, which hours are by, may be from this one's. */
    private static final long CLOCK_MARGIN_SECONDS = 30;

    private final Storage storage;
    private final ManifestStore manifests;
    private final LedgerReader reader;
    private final Topics topics;
    private final Arrivals arrivals;

    Ledger(Storage storage, ManifestStore manifests, ViewStore views, Topics topics, Arrivals arrivals) {
        this.storage = storage;
        this.manifests = manifests;
        this.reader = new LedgerReader(views);
        this.topics = topics;
        this.arrivals = arrivals;
    }

    /**
     * One hour of one partition.
     *
     * @param read records that the speed or batch layer has taken in
     * @param counted those of them that answers count
     * @param atRest whether nothing of this hour is still on its way
     */
    record Row(LedgerCell cell, long read, long archived, long quarantined, long counted, boolean atRest) {
        boolean balanced() {
            return imbalance() == 0;
        }

        /** How many records are missing or too many. */
        long imbalance() {
            return atRest ? Math.abs(read - archived - quarantined) : 0;
        }
    }

    List<Row> of(Definition definition) {
        String model = definition.model().name();
        Optional<Manifest> manifest = manifests.read(model);
        Map<LedgerCell, Counts> counted = manifest.map(found -> reader.read(found, View.of(definition, View.LEDGER)))
                .orElse(Map.of());
        Positions archivedTo = storage.archive()
                .progress(model)
                .map(ArchiveProgress::positions)
                .orElse(Positions.NONE);
        Map<LedgerCell, Counts> archived = archived(model);
        // Last: where both end at the topic's end, nothing was on its way while they were read.
        Rest rest = new Rest(
                manifest.map(Manifest::end).orElse(Positions.NONE),
                archivedTo,
                topics.end(definition.model().source().topic()),
                settled(definition, manifest, archivedTo));
        SortedSet<LedgerCell> cells = new TreeSet<>(counted.keySet());
        cells.addAll(archived.keySet());
        List<Row> rows = new ArrayList<>();
        for (LedgerCell cell : cells) {
            Counts inAnswers = counted.getOrDefault(cell, Counts.NONE);
            Counts inArchive = archived.getOrDefault(cell, Counts.NONE);
            rows.add(new Row(
                    cell,
                    inAnswers.all(),
                    inArchive.events(),
                    inArchive.quarantined(),
                    inAnswers.events(),
                    rest.covers(cell)));
        }
        return rows;
    }

    /** What came of the latest audit of the archive itself; empty where none was made yet. */
    Optional<LedgerAudit> audit(Definition definition) {
        return storage.archive().audit(definition.model().name());
    }

    private Map<LedgerCell, Counts> archived(String model) {
        Map<LedgerCell, Counts> cells = new TreeMap<>();
        for (ArchiveCount count : storage.archive().counts(model)) {
            cells.put(
                    new LedgerCell(count.topicId(), count.partition(), count.hour()),
                    new Counts(count.archived(), count.quarantined()));
        }
        return cells;
    }

    /** Everything that arrived up to then is in answers and in the archive. */
    private Instant settled(Definition definition, Optional<Manifest> manifest, Positions archivedTo) {
        Instant inArchive = arrivals.coveredThrough(definition.model().source().topic(), archivedTo);
        Instant inAnswers = manifest.map(arrivals::freshThrough).orElse(Instant.EPOCH);
        return inArchive.isBefore(inAnswers) ? inArchive : inAnswers;
    }

    private record Rest(Positions answers, Positions archive, Positions end, Instant settled) {
        boolean covers(LedgerCell cell) {
            long at = end.offset(cell.topicId(), cell.partition());
            boolean nothingUnderWay = answers.offset(cell.topicId(), cell.partition()) == at
                    && archive.offset(cell.topicId(), cell.partition()) == at;
            // A topic that is there no more grows no more.
            boolean formerTopic = end.topic(cell.topicId()).isEmpty()
                    && answers.topic(cell.topicId()).equals(archive.topic(cell.topicId()));
            boolean over = cell.hour() + SECONDS_PER_HOUR + CLOCK_MARGIN_SECONDS < settled.getEpochSecond();
            return nothingUnderWay || formerTopic || over;
        }
    }
}
