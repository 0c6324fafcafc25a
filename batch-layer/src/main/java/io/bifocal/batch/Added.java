package io.bifocal.batch;

import io.bifocal.core.cut.GenerationWriter.ViewDay;
import io.bifocal.core.view.View;
import io.bifocal.spark.CompiledDefinition;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * What some archived records add to views, found in one pass over them.
 *
 * @param touched the days of each view that they fall into
 */
record Added(Arrivals arrivals, TouchedDays touched) {
    /**
     * Records are grouped by hour before views look at them: no view's day is shorter, so that all events of an hour fall into
     * the days of its first and of its last one.
     *
     * @param records of an archive, as {@link Reading#found} gives them
     */
    static Added of(Dataset<Row> records, CompiledDefinition definition) {
        Column arrival = functions.col(ArchiveSchema.BROKER_TIME);
        Column event =
                functions.when(functions.col(ArchiveSchema.REASON).isNull(), functions.col(ArchiveSchema.EVENT_TIME));
        List<Row> hours = records.groupBy(functions.date_trunc("HOUR", event), functions.date_trunc("HOUR", arrival))
                .agg(
                        functions.min(event),
                        functions.max(event),
                        functions.count(functions.lit(1)),
                        functions.max(arrival))
                .collectAsList();
        List<View> views = View.of(definition.definition());
        Set<ViewDay> touched = new HashSet<>();
        long count = 0;
        Instant last = Instant.EPOCH;
        for (Row hour : hours) {
            Instant arrived = hour.getInstant(5);
            for (View view : views) {
                if (!view.rollup()) {
                    touched.add(dayOf(view, arrived));
                } else if (!hour.isNullAt(2)) {
                    touched.add(dayOf(view, hour.getInstant(2)));
                    touched.add(dayOf(view, hour.getInstant(3)));
                }
            }
            count += hour.getLong(4);
            last = arrived.isAfter(last) ? arrived : last;
        }
        return new Added(new Arrivals(count, last), new TouchedDays(touched));
    }

    private static ViewDay dayOf(View view, Instant time) {
        return new ViewDay(view.name(), view.dayOf(view.grid().floor(time.getEpochSecond())));
    }
}
