package io.bifocal.batch;

import io.bifocal.batch.SidedRows.Stored;
import io.bifocal.batch.Untold.Note;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Part;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.view.RetainedDays;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.reconciliation.Attribution;
import io.bifocal.reconciliation.Attribution.Occasion;
import io.bifocal.reconciliation.Comparison;
import io.bifocal.reconciliation.Findings;
import io.bifocal.reconciliation.Redaction;
import io.bifocal.reconciliation.Side;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
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

    private final Lake lake;
    private final ManifestEditor editor;
    private final ViewStores stores;
    private final RestatementBooks books;
    private final Duration grace;
    private final Clock clock;
    private final Redaction redaction;
    private final Untold untold;

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
        this.untold = new Untold(lake);
    }

    /** The same, which tells nothing that must not be quoted. */
    Restating redacting(Redaction secret) {
        return new Restating(lake, editor, stores, books, grace, clock, secret);
    }

    /** What a publication will have moved. */
    interface Announced {
        /**
         * Tells it, now that it is published.
         *
         * @param generation in force since then
         */
        Reconciliation tell(long generation);
    }

    /** Tells what processes that died had published and not told. Of a model one job runs at a time. */
    void tellWhatIsUntold() {
        for (String part : untold.parts()) {
            try {
                untold.note(part).ifPresent(note -> published(part).ifPresent(generation -> {
                    LOG.info("part {} of {} was published and not told about", part, lake.model());
                    try (Compared found = new Compared(Optional.of(untold.findings(part)), Optional.empty())) {
                        found.tell(note, generation);
                    }
                }));
                untold.remove(part);
            } catch (Exception failure) { // Spark throws checked ones that it does not declare
                LOG.error("what part {} of {} restated is not told", part, lake.model(), failure);
            }
        }
    }

    /** Tells that there was nothing to compare: nothing that is served can be off. */
    Reconciliation tellOfNothing(String occasion, long generation) {
        Note note = new Note("", occasion, clock.instant());
        Reconciliation summary = new Reconciliation(
                note.id(), note.at(), generation, note.occasion(), 0, Map.of(), List.of(), Optional.empty());
        books.publish(lake.model(), summary);
        return summary;
    }

    /** Leaves untold what could not be told: it may quote what is being erased. */
    void forgetUntold() {
        untold.parts().forEach(untold::remove);
    }

    /** The number of the generation that a part came in force with; empty where it did not. */
    private Optional<Long> published(String part) {
        Manifest manifest = editor.read(lake.model());
        return Stream.concat(Stream.of(manifest.generation()), manifest.kept().stream())
                .filter(generation -> generation.part().equals(part))
                .map(Generation::number)
                .findFirst()
                .or(() -> manifest.chain().stream()
                        .filter(each -> each.id().equals(part))
                        .map(each -> manifest.generation().number())
                        .findFirst());
    }

    private void forget(String part) {
        try {
            untold.remove(part);
        } catch (RuntimeException failure) {
            LOG.warn("part {} of {} may be told about once more: {}", part, lake.model(), failure.getMessage());
        }
    }

    /** A comparison that was made, or could not be. */
    final class Compared implements AutoCloseable {
        private final Optional<Findings> findings;
        private final Optional<String> fault;

        private Compared(Optional<Findings> findings, Optional<String> fault) {
            this.findings = findings;
            this.fault = fault;
        }

        /**
         * Writes down what is about to be published, so that it is told even where this process does not come to it.
         *
         * @param part that will be in force with it
         * @param occasion what is published
         */
        Announced announce(String part, String occasion) {
            Note note = new Note(part, occasion, clock.instant());
            try {
                findings.ifPresent(found -> untold.add(note, found));
            } catch (Exception failure) { // Spark throws checked ones that it does not declare
                LOG.error(
                        "should this process die, what part {} of {} restates is not told",
                        part,
                        lake.model(),
                        failure);
            }
            return generation -> {
                Reconciliation told = tell(note, generation);
                forget(part);
                return told;
            };
        }

        /** Tells what was found, now that it is published, and returns the summary. */
        Reconciliation tell(Note note, long generation) {
            try {
                Reconciliation summary = findings.map(
                                found -> found.summary(note.id(), note.at(), generation, note.occasion()))
                        .orElseGet(() -> failed(note, generation, fault.orElseThrow()));
                findings.ifPresent(found -> {
                    found.tell(summary, MOST_SERVED, books.moves(lake.model(), note.id()));
                    found.appendTo(lake.restatementsUri(), summary);
                });
                books.publish(lake.model(), summary);
                alarm(summary);
                return summary;
            } catch (Exception failure) { // Spark throws checked ones that it does not declare
                LOG.error("what generation {} of {} restated is not told", generation, lake.model(), failure);
                Reconciliation summary = failed(note, generation, String.valueOf(failure.getMessage()));
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
     * @param computed view rows that are stored nowhere
     * @param retained the days that answers will show: what left because it was too old is not restated
     */
    Compared compare(
            Manifest manifest,
            List<Part> replaced,
            Collection<PartDay> after,
            Map<Side, Dataset<Row>> computed,
            RetainedDays retained,
            Occasion occasion) {
        List<Stored> stored = Stream.concat(
                        SidedRows.served(stores.open(), manifest, replaced).stream(), SidedRows.after(after).stream())
                .toList();
        RetainedDays shown = manifest.generation().retained().and(retained);
        return compare(stored, replaced, () -> computed, shown, occasion);
    }

    /**
     * Compares rows.
     *
     * @param stored days of views
     * @param replaced parts of a chain among them, which may be folded and collected meanwhile
     * @param computed gives view rows that are stored nowhere
     * @param retained the days that are compared
     */
    Compared compare(
            List<Stored> stored,
            List<Part> replaced,
            Supplier<Map<Side, Dataset<Row>>> computed,
            RetainedDays retained,
            Occasion occasion) {
        try {
            Set<String> rollups = Set.copyOf(Attribution.comparable(occasion.before(), occasion.after()));
            Dataset<Row> sided = SidedRows.read(lake, stores, occasion, SidedRows.changing(stored, rollups, retained));
            for (Map.Entry<Side, Dataset<Row>> more : computed.get().entrySet()) {
                sided = sided.union(
                        SidedRows.of(more.getValue().where(BatchViews.held(retained)), rollups, more.getKey()));
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
        Set<String> gone = parts.stream().map(Part::id).collect(Collectors.toSet());
        gone.removeAll(editor.read(lake.model()).namedWithin(grace, clock.instant()));
        if (!gone.isEmpty()) {
            throw new IllegalStateException("parts were collected while they were compared: " + gone);
        }
    }

    private static Reconciliation failed(Note note, long generation, String fault) {
        return new Reconciliation(
                note.id(), note.at(), generation, note.occasion(), 0, Map.of(), List.of(), Optional.of(fault));
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
