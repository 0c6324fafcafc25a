package io.bifocal.speed;

import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.LiveRun.Slot;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.KafkaTopic;
import io.bifocal.spark.MicroBatchOffsets;
import io.bifocal.spark.TaskSummary;
import io.bifocal.spark.TaskSummary.PartitionRange;
import io.bifocal.spark.TaskSummary.WrittenDay;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * One run's micro-batches, one after the other: rows, then the index, then the commit. An exception ends the run; nothing that
 * it leaves behind is ever named.
 */
final class MicroBatches implements VoidFunction2<Dataset<Row>, Long> {
    private static final long serialVersionUID = 1L;

    private final transient LiveRun run;
    private final transient KafkaTopic topic;
    private final transient Admin admin;
    private final transient Path checkpoint;
    private final transient RunObserver observer;
    private final transient Map<PartDay, Long> indexed = new HashMap<>();
    private final CompiledDefinition definition;
    private final ViewStoreSource views;
    private String indexedPart = "";

    /** Where a run's micro-batches come from. */
    record Source(KafkaTopic topic, Admin admin, Path checkpoint) {}

    MicroBatches(
            LiveRun run, Source source, CompiledDefinition definition, ViewStoreSource views, RunObserver observer) {
        this.run = run;
        this.topic = source.topic();
        this.admin = source.admin();
        this.checkpoint = source.checkpoint();
        this.definition = definition;
        this.views = views;
        this.observer = observer;
    }

    @Override
    public void call(Dataset<Row> records, Long number) {
        Positions from = run.end();
        Positions to = topic.advance(from, MicroBatchOffsets.end(checkpoint, number));
        if (to.equals(from)) {
            return;
        }
        Runnable sameTopic = topic.sameness(admin);
        List<PartitionRange> ranges;
        do {
            Slot slot = run.next();
            List<TaskSummary> summaries = write(records, slot);
            ranges = summaries.stream()
                    .flatMap(summary -> summary.partitions().stream())
                    .toList();
            requireWithin(ranges, from, to);
            index(slot.part(), summaries);
            sameTopic.run();
        } while (!commit(ranges, from, to));
        observer.committed(to, records(ranges), quarantined(ranges));
    }

    private List<TaskSummary> write(Dataset<Row> records, Slot slot) {
        return records.queryExecution()
                .toRdd()
                .toJavaRDD()
                .mapPartitionsWithIndex(new MicroBatchTask(definition, views, topic.id(), slot), true)
                .collect();
    }

    private boolean commit(List<PartitionRange> ranges, Positions from, Positions to) {
        long lastMillis = ranges.stream()
                .mapToLong(PartitionRange::lastBrokerMillis)
                .max()
                .orElse(0);
        return run.commit(from, to, records(ranges), Instant.ofEpochMilli(Math.max(0, lastMillis)));
    }

    /** The lines that this micro-batch adds to its part's index, or whose rows it adds to. */
    private void index(String part, List<TaskSummary> summaries) {
        if (!part.equals(indexedPart)) {
            indexed.clear();
            indexedPart = part;
        }
        Set<PartDay> touched = new HashSet<>();
        for (TaskSummary summary : summaries) {
            for (WrittenDay day : summary.days()) {
                PartDay line = new PartDay(day.view(), day.day(), part, 0);
                indexed.merge(line, day.rows(), Long::sum);
                touched.add(line);
            }
        }
        List<PartDay> lines = new ArrayList<>();
        touched.forEach(line -> lines.add(new PartDay(line.view(), line.day(), part, indexed.get(line))));
        store().writeIndex(definition.definition().model().name(), part, lines);
    }

    private ViewStore store() {
        return views.store();
    }

    /** What Spark read must be what the manifest will say it was: a record counted twice would be counted twice for ever. */
    private void requireWithin(List<PartitionRange> ranges, Positions from, Positions to) {
        for (PartitionRange range : ranges) {
            long first = from.offset(range.topicId(), range.partition());
            long end = to.offset(range.topicId(), range.partition());
            if (range.firstOffset() < first || range.nextOffset() > end) {
                throw new IllegalStateException("micro-batch of " + topic.name() + " should hold offsets " + first
                        + " to " + end + " of partition " + range.partition() + ", but holds " + range);
            }
        }
    }

    private static long records(List<PartitionRange> ranges) {
        return ranges.stream().mapToLong(PartitionRange::records).sum();
    }

    private static long quarantined(List<PartitionRange> ranges) {
        return ranges.stream().mapToLong(PartitionRange::quarantined).sum();
    }
}
