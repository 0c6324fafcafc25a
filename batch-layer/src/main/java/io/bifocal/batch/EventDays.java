package io.bifocal.batch;

import io.bifocal.core.cut.Candidate;
import io.bifocal.core.cut.Candidate.DayRange;
import io.bifocal.core.cut.GenerationWriter.ViewDay;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.view.RetainedDays;
import io.bifocal.core.view.View;
import io.bifocal.spark.CompiledDefinition;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * The days on which an archive's events happened, and how they are divided into chunks. A view counts days in its own zone: an
 * event of one UTC day is in that, the one before or the one after. So chunks are ranges of day numbers, whatever the zone,
 * that together leave no number out.
 */
final class EventDays {
    private final CompiledDefinition definition;
    private final SortedMap<Integer, Long> events;
    private final RetainedDays retained;

    /**
     * Some days of each view.
     *
     * @param events about how many fall into them
     */
    record Chunk(DayRange days, long events) {
        @Override
        public String toString() {
            return LocalDate.ofEpochDay(days.from()) + " to " + LocalDate.ofEpochDay(days.to() - 1L) + ", " + events
                    + " events,";
        }
    }

    private EventDays(CompiledDefinition definition, SortedMap<Integer, Long> events, RetainedDays retained) {
        this.definition = definition;
        this.events = events;
        this.retained = retained;
    }

    static EventDays none(CompiledDefinition definition) {
        return new EventDays(definition, new TreeMap<>(), RetainedDays.ALL);
    }

    /** Of what the definition takes for events, before a cut, on days that are kept and on the one before those. */
    static EventDays of(Dataset<Row> archive, Positions cut, CompiledDefinition definition, RetainedDays retained) {
        SortedMap<Integer, Long> events = new TreeMap<>();
        new Reading(definition)
                .found(archive.where(ArchiveTable.between(Positions.NONE, cut)))
                .where(functions.col(ArchiveSchema.REASON).isNull())
                .groupBy(functions.expr("CAST(floor(unix_seconds(" + ArchiveSchema.EVENT_TIME + ") / 86400) AS INT)"))
                .count()
                .collectAsList()
                .forEach(row -> events.put(row.getInt(0), row.getLong(1)));
        // Where a zone is ahead, the first day that is kept begins on the UTC day before.
        retained.storedFrom().ifPresent(first -> events.keySet().removeIf(day -> day < first - 1));
        return new EventDays(definition, events, retained);
    }

    /** How many there are. */
    long events() {
        return events.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Days in UTC with at least one event, in a range. */
    int count(DayRange range) {
        return events.subMap(range.from(), range.to()).size();
    }

    /** Every day that any view may have. */
    DayRange all() {
        return events.isEmpty() ? new DayRange(0, 1) : new DayRange(events.firstKey() - 1, events.lastKey() + 2);
    }

    /**
     * Whole days, a chunk ending with the day on which it has so many events.
     *
     * @param range of event time in which the days lie; empty: all
     */
    List<Chunk> chunks(long eventsPerChunk, Optional<Extent.Range> range) {
        List<Chunk> chunks = new ArrayList<>();
        if (events.isEmpty()) {
            return chunks;
        }
        int first = range.map(some -> day(some.from()))
                .filter(day -> day > events.firstKey())
                .orElse(all().from());
        int end = range.map(some -> day(some.to()))
                .filter(day -> day <= events.lastKey())
                .orElse(all().to());
        int from = first;
        long inChunk = 0;
        for (var day : events.entrySet()) {
            if (day.getKey() >= first && day.getKey() < end) {
                inChunk += day.getValue();
                if (inChunk >= eventsPerChunk && day.getKey() < Math.min(end - 1, events.lastKey())) {
                    chunks.add(new Chunk(new DayRange(from, day.getKey() + 1), inChunk));
                    from = day.getKey() + 1;
                    inChunk = 0;
                }
            }
        }
        if (from < end) {
            chunks.add(new Chunk(new DayRange(from, end), inChunk));
        }
        return chunks;
    }

    /** Days in a range, on or beside which there are events, that a candidate does not cover yet. */
    List<Integer> missing(Candidate candidate, DayRange range) {
        return days(range).stream().filter(day -> !candidate.covers(day)).toList();
    }

    /** The days of each rollup in a range. */
    TouchedDays viewDays(DayRange range) {
        Set<ViewDay> all = new HashSet<>();
        for (View view : View.rollups(definition.definition())) {
            days(range).forEach(day -> all.add(new ViewDay(view.name(), day)));
        }
        return new TouchedDays(all);
    }

    /** All days of the ledger's view. */
    TouchedDays ledgerDays(Dataset<Row> archive) {
        return new TouchedDays(archive.select(ArchiveSchema.INGEST_DATE).distinct().collectAsList().stream()
                .map(row -> new ViewDay(
                        View.LEDGER, Math.toIntExact(row.getLocalDate(0).toEpochDay())))
                .toList());
    }

    private Set<Integer> days(DayRange range) {
        Set<Integer> days = new TreeSet<>();
        for (int day : events.keySet()) {
            for (int near = day - 1; near <= day + 1; near++) {
                if (range.from() <= near && near < range.to() && isRetained(near)) {
                    days.add(near);
                }
            }
        }
        return days;
    }

    private boolean isRetained(int day) {
        return retained.storedFrom().map(first -> day >= first).orElse(true);
    }

    private static int day(Instant time) {
        return (int) Math.max(
                Integer.MIN_VALUE / 2, Math.min(Integer.MAX_VALUE / 2, Math.floorDiv(time.getEpochSecond(), 86_400L)));
    }
}
