package io.bifocal.batch;

import io.bifocal.batch.SidedRows.Stored;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Part;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.reconciliation.Attribution;
import io.bifocal.reconciliation.Attribution.Occasion;
import io.bifocal.reconciliation.Comparison;
import io.bifocal.reconciliation.Findings;
import io.bifocal.reconciliation.Redaction;
import io.bifocal.reconciliation.Side;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares a publication with what is served before it, while that is still in force, and tells afterwards which numbers it
 * moved. A publication never fails over this: a comparison that cannot be made is told in its place.
 */
final class Restating {
    /** Beyond it numbers are told by the Delta table alone. */
    private static final int MOST_SERVED = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger(Restating.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Lake lake;
    private final ManifestEditor editor;
    private final ViewStores stores;
    private final RestatementBooks books;
    private final Duration grace;
    private final Clock clock;
    private final Redaction redaction;

    /** @param grace how long rows stay after the last manifest that named them */
    Restating(
            Lake lake, ManifestEditor editor, ViewStores stores, RestatementBooks books, Duration grace, Clock clock) {
        this(lake, editor, stores, books, grace, clock, Redaction.NONE);
    }

    private Restating(
            Lake lake,
            ManifestEditor editor,
            ViewStores stores,
            RestatementBooks books,
            Duration grace,
            Clock clock,
            Redaction redaction) {
        this.lake = lake;
        this.editor = editor;
        this.stores = stores;
        this.books = books;
        this.grace = grace;
        this.clock = clock;
        this.redaction = redaction;
    }

    /** The same, which tells nothing that must not be quoted. */
    Restating redacting(Redaction secret) {
        return new Restating(lake, editor, stores, books, grace, clock, secret);
    }

    /** A comparison that was made, or could not be. */
    final class Compared implements AutoCloseable {
        private final Optional<Findings> findings;
        private final Optional<String> fault;

        private Compared(Optional<Findings> findings, Optional<String> fault) {
            this.findings = findings;
            this.fault = fault;
        }

        /** Tells what was found, now that it is published, and returns the summary. */
        Reconciliation tell(Instant at, long generation, String occasion) {
            String id = "%013d-%016x".formatted(at.toEpochMilli(), RANDOM.nextLong());
            try {
                Reconciliation summary = findings.map(found -> found.summary(id, at, generation, occasion))
                        .orElseGet(() -> failed(id, at, generation, occasion, fault.orElseThrow()));
                findings.ifPresent(found -> {
                    found.tell(summary, MOST_SERVED, books.moves(lake.model(), id));
                    found.appendTo(lake.restatementsUri(), summary);
                });
                books.publish(lake.model(), summary);
                alarm(summary);
                return summary;
            } catch (Exception failure) { // Spark throws checked ones that it does not declare
                LOG.error("what generation {} of {} restated is not told", generation, lake.model(), failure);
                Reconciliation summary = failed(id, at, generation, occasion, String.valueOf(failure.getMessage()));
                try {
                    books.publish(lake.model(), summary);
                } catch (RuntimeException again) {
                    LOG.error("nor that it is not told", again);
                }
                return summary;
            }
        }

        @Override
        public void close() {
            findings.ifPresent(Findings::close);
        }
    }

    /**
     * Compares what is served with what will be.
     *
     * @param replaced parts of the chain, that will be served no more
     * @param after the index of what will be served in the place of the generation in force and of these parts
     * @param arrived view rows of all records of these parts, where they have an identity
     */
    Compared compare(
            Manifest manifest,
            List<Part> replaced,
            Collection<PartDay> after,
            Optional<Dataset<Row>> arrived,
            Occasion occasion) {
        List<Stored> stored = Stream.concat(
                        SidedRows.served(stores.open(), manifest, replaced).stream(), SidedRows.after(after).stream())
                .toList();
        return compare(
                stored,
                replaced,
                arrived.map(rows -> Map.of(Side.ARRIVED, rows)).orElse(Map.of()),
                occasion);
    }

    /**
     * Compares rows.
     *
     * @param stored days of views
     * @param replaced parts of a chain among them, which may be folded and collected meanwhile
     * @param computed view rows that are stored nowhere
     */
    Compared compare(List<Stored> stored, List<Part> replaced, Map<Side, Dataset<Row>> computed, Occasion occasion) {
        try {
            Set<String> rollups = Set.copyOf(Attribution.comparable(occasion.before(), occasion.after()));
            Dataset<Row> sided = SidedRows.read(lake, stores, occasion, SidedRows.changing(stored, rollups));
            for (Map.Entry<Side, Dataset<Row>> more : computed.entrySet()) {
                sided = sided.union(SidedRows.of(more.getValue(), rollups, more.getKey()));
            }
            Findings findings = Comparison.of(sided, occasion, lake.shufflePartitions(), redaction);
            requireKept(replaced);
            return new Compared(Optional.of(findings), Optional.empty());
        } catch (Exception failure) { // Spark throws checked ones that it does not declare
            LOG.error("what is served of {} cannot be compared", lake.model(), failure);
            return new Compared(Optional.empty(), Optional.of(String.valueOf(failure.getMessage())));
        }
    }

    /** Folds may have replaced parts meanwhile: their rows stay for the grace, and no longer. */
    private void requireKept(List<Part> parts) {
        Manifest now = editor.read(lake.model());
        Set<String> kept = new HashSet<>(now.names());
        now.retired().stream()
                .filter(retired -> retired.at().plus(grace).isAfter(clock.instant()))
                .forEach(retired -> kept.add(retired.part()));
        Set<String> gone = parts.stream().map(Part::id).collect(Collectors.toSet());
        gone.removeAll(kept);
        if (!gone.isEmpty()) {
            throw new IllegalStateException("parts were collected while they were compared: " + gone);
        }
    }

    private static Reconciliation failed(String id, Instant at, long generation, String occasion, String fault) {
        return new Reconciliation(id, at, generation, occasion, 0, Map.of(), List.of(), Optional.of(fault));
    }

    private void alarm(Reconciliation summary) {
        if (summary.unexplained() > 0) {
            LOG.error(
                    "{} numbers of {} moved with generation {}, and nothing explains it",
                    summary.unexplained(),
                    lake.model(),
                    summary.generation());
        }
    }
}
