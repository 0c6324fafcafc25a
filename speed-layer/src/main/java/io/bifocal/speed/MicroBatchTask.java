package io.bifocal.speed;

import io.bifocal.core.cut.LiveRun.Slot;
import io.bifocal.core.view.ViewStore;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.PartialsTask;
import io.bifocal.spark.SourceRecord;
import io.bifocal.spark.TaskSummary;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.catalyst.InternalRow;

/** What each Spark task of a micro-batch does: reads its records, writes their partials, and says what it saw. */
final class MicroBatchTask implements Function2<Integer, Iterator<InternalRow>, Iterator<TaskSummary>> {
    private static final long serialVersionUID = 1L;
    private static final long MICROS_PER_MILLI = 1000L;

    /** The columns of Spark's Kafka source that are read, in the order in which rows hold them. */
    static final List<String> COLUMNS = List.of("partition", "offset", "timestamp", "value");

    private final CompiledDefinition definition;
    private final ViewStoreSource views;
    private final String topicId;
    private final String part;
    private final int batch;

    MicroBatchTask(CompiledDefinition definition, ViewStoreSource views, String topicId, Slot slot) {
        this.definition = definition;
        this.views = views;
        this.topicId = topicId;
        this.part = slot.part();
        this.batch = slot.batch();
    }

    @Override
    public Iterator<TaskSummary> call(Integer task, Iterator<InternalRow> rows) {
        if (!rows.hasNext()) {
            return List.<TaskSummary>of().iterator();
        }
        String model = definition.definition().model().name();
        ViewStore store = views.store();
        TaskSummary summary = new PartialsTask(definition)
                .run(new Records(rows, topicId), batch, task, partials -> store.write(model, part, partials));
        return List.of(summary).iterator();
    }

    /** Spark reuses a row once the next is asked for; all is read out of it before. */
    private record Records(Iterator<InternalRow> rows, String topicId) implements Iterator<SourceRecord> {
        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public SourceRecord next() {
            InternalRow row = rows.next();
            return new SourceRecord(
                    topicId,
                    row.getInt(0),
                    row.getLong(1),
                    Math.floorDiv(row.getLong(2), MICROS_PER_MILLI),
                    row.isNullAt(3) ? null : row.getBinary(3));
        }
    }
}
