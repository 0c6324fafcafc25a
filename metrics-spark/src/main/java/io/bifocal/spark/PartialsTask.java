package io.bifocal.spark;

import io.bifocal.core.aggregate.Aggregate.Occurrence;
import io.bifocal.core.view.PartialsBuilder;
import io.bifocal.core.view.ViewRow;
import io.bifocal.spark.TaskSummary.PartitionRange;
import io.bifocal.spark.TaskSummary.WrittenDay;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One task of a micro-batch: records in, rows of partials out. Rows are handed over whenever so many records were read, so
 * that memory stays bounded however large the micro-batch is; each time under another writer number, for the same key may
 * come again. Of records that are one event, only the first that the task sees is aggregated; all are counted in the ledger.
 */
public final class PartialsTask {
    /** Records after which rows are handed over. */
    public static final int RECORDS_PER_DRAIN = 100_000;

    /** Writer numbers of one micro-batch: the task's, plus this for each time that rows were handed over before. */
    static final int WRITERS_PER_DRAIN = 1 << 16;

    private final CompiledDefinition definition;
    private final Evaluator evaluator;
    private final int recordsPerDrain;

    public PartialsTask(CompiledDefinition definition) {
        this(definition, RECORDS_PER_DRAIN);
    }

    PartialsTask(CompiledDefinition definition, int recordsPerDrain) {
        this.definition = definition;
        this.evaluator = definition.evaluator();
        this.recordsPerDrain = recordsPerDrain;
    }

    /**
     * Runs to the records' end.
     *
     * @param batch number of the micro-batch in its part
     * @param task the Spark task's partition, below {@value #WRITERS_PER_DRAIN}
     * @param sink takes rows, and returns when they are acknowledged
     */
    public TaskSummary run(Iterator<SourceRecord> records, int batch, int task, Consumer<List<ViewRow>> sink) {
        if (task < 0 || task >= WRITERS_PER_DRAIN) {
            throw new IllegalArgumentException("task " + task + " of a micro-batch");
        }
        PartialsBuilder builder = new PartialsBuilder(definition.definition());
        Set<Outcome.EventKey> seen = new HashSet<>();
        Map<String, Map<Integer, Range>> ranges = new TreeMap<>();
        Map<String, Map<Integer, Long>> days = new TreeMap<>();
        int writer = task;
        int pending = 0;
        while (records.hasNext()) {
            SourceRecord record = records.next();
            boolean quarantined = !add(record, builder, seen);
            builder.record(record.topicId(), record.partition(), record.brokerMillis(), quarantined);
            ranges.computeIfAbsent(record.topicId(), topic -> new TreeMap<>())
                    .computeIfAbsent(record.partition(), partition -> new Range())
                    .add(record, quarantined);
            if (++pending >= recordsPerDrain) {
                drain(builder, batch, writer, days, sink);
                writer = Math.addExact(writer, WRITERS_PER_DRAIN);
                pending = 0;
            }
        }
        drain(builder, batch, writer, days, sink);
        return new TaskSummary(summary(ranges), written(days));
    }

    private boolean add(SourceRecord record, PartialsBuilder builder, Set<Outcome.EventKey> seen) {
        if (!(evaluator.evaluate(record.payload()) instanceof Outcome.Event event)) {
            return false;
        }
        if (event.identity().isEmpty() || seen.add(event.key())) {
            Occurrence at = new Occurrence(event.timeMicros(), record.partition(), record.offset());
            builder.event(at, event.dimensions(), event.inputs());
        }
        return true;
    }

    private static void drain(
            PartialsBuilder builder,
            int batch,
            int writer,
            Map<String, Map<Integer, Long>> days,
            Consumer<List<ViewRow>> sink) {
        if (builder.empty()) {
            return;
        }
        List<ViewRow> rows = builder.drain(true, batch, writer);
        sink.accept(rows);
        for (ViewRow row : rows) {
            days.computeIfAbsent(row.view(), view -> new TreeMap<>()).merge(row.day(), 1L, Long::sum);
        }
    }

    private static List<PartitionRange> summary(Map<String, Map<Integer, Range>> ranges) {
        List<PartitionRange> all = new ArrayList<>();
        ranges.forEach((topic, partitions) -> partitions.forEach((partition, range) -> all.add(new PartitionRange(
                topic, partition, range.first, range.next, range.records, range.quarantined, range.lastBrokerMillis))));
        return List.copyOf(all);
    }

    private static List<WrittenDay> written(Map<String, Map<Integer, Long>> days) {
        List<WrittenDay> all = new ArrayList<>();
        days.forEach((view, counts) -> counts.forEach((day, rows) -> all.add(new WrittenDay(view, day, rows))));
        return List.copyOf(all);
    }

    private static final class Range {
        private long first = Long.MAX_VALUE;
        private long next;
        private long records;
        private long quarantined;
        private long lastBrokerMillis = Long.MIN_VALUE;

        void add(SourceRecord record, boolean isQuarantined) {
            first = Math.min(first, record.offset());
            next = Math.max(next, record.offset() + 1);
            records++;
            quarantined += isQuarantined ? 1 : 0;
            lastBrokerMillis = Math.max(lastBrokerMillis, record.brokerMillis());
        }
    }
}
