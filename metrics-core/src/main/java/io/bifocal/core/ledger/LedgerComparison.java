package io.bifocal.core.ledger;

import io.bifocal.core.cut.Hole;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.ledger.LedgerFault.Where;
import io.bifocal.core.ledger.LedgerReader.Counts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Finds the records that the archive lacks or holds twice, and those that views lack, each with its partition and range. It
 * counts records, not offsets: transactions leave offsets without a record.
 */
public final class LedgerComparison {
    /** Whether Kafka is asked about a gap costs a read each; beyond so many, what views count has to tell. */
    private static final int MOST_QUESTIONS = 200;

    private final List<Run> runs;
    private final Positions archived;
    private final List<Hole> lost;
    private final KafkaRecords kafka;
    private final List<LedgerFault> faults = new ArrayList<>();
    /** Offsets without an archived record, of which Kafka cannot tell any more whether there were records. */
    private final List<Hole> unexplained = new ArrayList<>();

    private int questions;

    /**
     * Consecutive offsets of one partition, of each of which the archive holds a record.
     *
     * @param to the offset after the last
     * @param records more than there are offsets where some are there twice
     */
    public record Run(String topicId, int partition, long from, long to, long records) {
        private long within(long start, long end) {
            long overlap = Math.min(to, end) - Math.max(from, start);
            return overlap <= 0 ? 0 : overlap;
        }
    }

    /** A Kafka partition. */
    public record Partition(String topicId, int number) {}

    /** How many records of each partition views count between two positions. */
    public record Covered(Positions from, Positions to, Map<Partition, Long> records) {
        static Covered of(Positions from, Positions to, Map<LedgerCell, Counts> cells) {
            Map<Partition, Long> records = new HashMap<>();
            cells.forEach((cell, counts) ->
                    records.merge(new Partition(cell.topicId(), cell.partition()), counts.all(), Long::sum));
            return new Covered(from, to, records);
        }
    }

    /** Asks Kafka itself. */
    @FunctionalInterface
    public interface KafkaRecords {
        /** How many committed records lie between two offsets; empty where it does not hold all of them any more. */
        OptionalLong between(String topicId, int partition, long from, long to);
    }

    private LedgerComparison(List<Run> runs, Positions archived, List<Hole> lost, KafkaRecords kafka) {
        this.runs = runs;
        this.archived = archived;
        this.lost = lost;
        this.kafka = kafka;
    }

    /**
     * Compares.
     *
     * @param runs what the archive really holds, by topic id, partition and offset, in this order
     * @param archived up to where it should hold everything
     * @param lost but for these
     * @param views what the parts of a manifest count; those that the archive does not cover yet are not judged
     */
    public static List<LedgerFault> faults(
            List<Run> runs, Positions archived, List<Hole> lost, List<Covered> views, KafkaRecords kafka) {
        LedgerComparison comparison = new LedgerComparison(runs, archived, lost, kafka);
        comparison.lookForDoubles();
        comparison.lookForGaps();
        views.stream().filter(part -> archived.covers(part.to())).forEach(comparison::compare);
        return List.copyOf(comparison.faults);
    }

    private void lookForDoubles() {
        for (Run run : runs) {
            long offsets = run.to() - run.from();
            if (run.records() != offsets) {
                faults.add(new LedgerFault(
                        Where.ARCHIVE, run.topicId(), run.partition(), run.from(), run.to(), offsets, run.records()));
            }
        }
    }

    private void lookForGaps() {
        List<Hole> gaps = new ArrayList<>();
        for (Hole partition : Hole.between(Positions.NONE, archived)) {
            List<Hole> held = new ArrayList<>();
            runs.forEach(run -> held.add(new Hole(run.topicId(), run.partition(), run.from(), run.to())));
            held.addAll(lost);
            gaps.addAll(without(partition, held));
        }
        // The largest first: each transaction leaves one of a single offset, and they would use up all questions.
        gaps.sort(Comparator.comparingLong((Hole gap) -> gap.from() - gap.to()));
        gaps.forEach(this::explain);
    }

    private void explain(Hole gap) {
        OptionalLong records = questions++ < MOST_QUESTIONS
                ? kafka.between(gap.topicId(), gap.partition(), gap.from(), gap.to())
                : OptionalLong.empty();
        if (records.isEmpty()) {
            unexplained.add(gap);
        } else if (records.getAsLong() > 0) {
            faults.add(new LedgerFault(
                    Where.ARCHIVE, gap.topicId(), gap.partition(), gap.from(), gap.to(), records.getAsLong(), 0));
        }
    }

    /** What of a range no other covers. */
    private static List<Hole> without(Hole range, List<Hole> others) {
        List<Hole> left = new ArrayList<>();
        long at = range.from();
        List<Hole> sorted = others.stream()
                .filter(other -> other.topicId().equals(range.topicId()) && other.partition() == range.partition())
                .sorted((a, b) -> Long.compare(a.from(), b.from()))
                .toList();
        for (Hole other : sorted) {
            if (other.from() > at) {
                left.add(new Hole(range.topicId(), range.partition(), at, Math.min(other.from(), range.to())));
            }
            at = Math.max(at, other.to());
            if (at >= range.to()) {
                return left;
            }
        }
        left.add(new Hole(range.topicId(), range.partition(), at, range.to()));
        return left;
    }

    private void compare(Covered part) {
        for (Hole range : Hole.between(part.from(), part.to())) {
            long counted = part.records().getOrDefault(new Partition(range.topicId(), range.partition()), 0L);
            long held = runs.stream()
                    .filter(run -> run.topicId().equals(range.topicId()) && run.partition() == range.partition())
                    .mapToLong(run -> run.within(range.from(), range.to()))
                    .sum();
            if (held > counted) {
                faults.add(fault(Where.VIEWS, range, held, counted));
            } else if (held < counted) {
                lacking(range, counted, held);
            }
        }
    }

    /** The archive holds less of a range than views count: it is in one of the gaps. */
    private void lacking(Hole range, long counted, long held) {
        List<Hole> gaps = Hole.within(
                unexplained.stream()
                        .filter(gap -> gap.topicId().equals(range.topicId()) && gap.partition() == range.partition())
                        .toList(),
                Positions.of(range.topicId(), Map.of(range.partition(), range.from())),
                Positions.of(range.topicId(), Map.of(range.partition(), range.to())));
        boolean named = faults.stream()
                .anyMatch(fault -> fault.where() == Where.ARCHIVE
                        && fault.topicId().equals(range.topicId())
                        && fault.partition() == range.partition()
                        && fault.from() < range.to()
                        && fault.to() > range.from());
        if (gaps.size() == 1) {
            faults.add(fault(Where.ARCHIVE, gaps.get(0), counted - held, 0));
        } else if (gaps.size() > 1) {
            gaps.forEach(gap -> faults.add(fault(Where.ARCHIVE, gap, gap.to() - gap.from(), 0)));
        } else if (!named) {
            faults.add(fault(Where.ARCHIVE, range, counted, held));
        }
    }

    private static LedgerFault fault(Where where, Hole range, long expected, long found) {
        return new LedgerFault(where, range.topicId(), range.partition(), range.from(), range.to(), expected, found);
    }
}
