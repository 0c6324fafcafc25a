package io.bifocal.batch;

import io.bifocal.core.ledger.ArchiveCount;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * How many records the archive holds for each partition and hour of arrival. Absolute numbers are kept in memory for the
 * dates that still receive records, and are counted in the archive itself for a date that was not touched before: so they
 * are right whatever an earlier process did or left undone.
 */
final class HourCounts {
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int MAX_DATES_IN_MEMORY = 400;

    private final ArchiveTable archive;
    private final Set<Integer> dates = new HashSet<>();
    private final Map<Hour, ArchiveCount> hours = new HashMap<>();

    HourCounts(ArchiveTable archive) {
        this.archive = archive;
    }

    private record Hour(String topicId, int partition, long start) {
        static Hour of(ArchiveCount count) {
            return new Hour(count.topicId(), count.partition(), count.hour());
        }

        int date() {
            return dateOf(start);
        }
    }

    /** Counts rows of an archive by partition, hour of arrival, and whether they are quarantined. */
    static List<ArchiveCount> count(Dataset<Row> rows) {
        return rows
                .groupBy(
                        functions.col(ArchiveSchema.TOPIC_ID),
                        functions.col(ArchiveSchema.PARTITION),
                        functions.expr("unix_seconds(date_trunc('HOUR', " + ArchiveSchema.BROKER_TIME + "))"))
                .agg(
                        functions.count_if(functions.not(Erasure.IN_QUARANTINE)),
                        functions.count_if(Erasure.IN_QUARANTINE))
                .collectAsList()
                .stream()
                .map(row -> new ArchiveCount(
                        row.getString(0), row.getInt(1), row.getLong(2), row.getLong(3), row.getLong(4)))
                .toList();
    }

    static int dateOf(long epochSecond) {
        return Math.toIntExact(Math.floorDiv(epochSecond, (long) SECONDS_PER_DAY));
    }

    /**
     * The absolute counts of every hour that an append changed.
     *
     * @param appended counts of what was appended
     * @param version of the archive that holds it
     */
    List<ArchiveCount> add(List<ArchiveCount> appended, long version) {
        Set<Integer> missing = new HashSet<>();
        for (ArchiveCount more : appended) {
            if (dates.contains(Hour.of(more).date())) {
                hours.merge(Hour.of(more), more, HourCounts::sum);
            } else {
                missing.add(Hour.of(more).date());
            }
        }
        load(Optional.of(missing), version);
        return appended.stream().map(more -> hours.get(Hour.of(more))).toList();
    }

    /**
     * Counts these dates in the archive.
     *
     * @param wanted days since 1970; empty: all
     */
    Collection<ArchiveCount> load(Optional<? extends Collection<Integer>> wanted, long version) {
        if (wanted.isPresent() && wanted.get().isEmpty()) {
            return List.of();
        }
        if (dates.size() > MAX_DATES_IN_MEMORY) {
            dates.clear();
            hours.clear();
        }
        Dataset<Row> rows = archive.at(version);
        List<ArchiveCount> counts = new ArrayList<>(count(wanted.map(some -> rows.where(functions
                        .col(ArchiveSchema.INGEST_DATE)
                        .isin(some.stream().map(LocalDate::ofEpochDay).toArray())))
                .orElse(rows)));
        counts.forEach(count -> hours.put(Hour.of(count), count));
        wanted.ifPresent(dates::addAll);
        counts.forEach(count -> dates.add(Hour.of(count).date()));
        return counts;
    }

    private static ArchiveCount sum(ArchiveCount left, ArchiveCount right) {
        return new ArchiveCount(
                left.topicId(),
                left.partition(),
                left.hour(),
                left.archived() + right.archived(),
                left.quarantined() + right.quarantined());
    }
}
