package io.bifocal.batch;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.core.cut.Positions;
import io.delta.exceptions.DeltaConcurrentModificationException;
import io.delta.tables.DeltaTable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/** A model's archive: the Delta table of all its records, at {@code <archive.uri>/<model>/archive}. */
final class ArchiveTable {
    private static final int UPDATE_ATTEMPTS = 20;
    private static final Pattern DATE_OF_FILE = Pattern.compile(ArchiveSchema.INGEST_DATE + "=(\\d{4}-\\d{2}-\\d{2})/");

    private final SparkSession spark;
    private final String uri;
    private final CommitLog<CommitNote> log;

    ArchiveTable(SparkSession spark, String archiveUri, String model) {
        this.spark = spark;
        this.uri = new Path(archiveUri, model + "/archive").toString();
        this.log = new CommitLog<>(uri, spark.sessionState().newHadoopConf(), CommitNote::parse);
    }

    String uri() {
        return uri;
    }

    CommitLog<CommitNote> log() {
        return log;
    }

    boolean exists() {
        return DeltaTable.isDeltaTable(spark, uri);
    }

    /** Makes the table where there is none. */
    void createIfAbsent(StructType event) {
        DeltaTable.createIfNotExists(spark)
                .location(uri)
                .addColumns(ArchiveSchema.table(event))
                .partitionedBy(ArchiveSchema.INGEST_DATE)
                .property("delta.dataSkippingStatsColumns", ArchiveSchema.STATISTICS)
                .execute();
    }

    /** The newest commit of an archiver; {@link Appender#NOTHING} before the first. */
    Noted<CommitNote> archived() {
        return log.newest().orElse(Appender.NOTHING);
    }

    StructType schema() {
        return newest().schema();
    }

    /** What its newest version takes on disk. */
    long bytes() {
        return DeltaTable.forPath(spark, uri)
                .detail()
                .select("sizeInBytes")
                .head()
                .getLong(0);
    }

    /** All records as of one version, as far as none was erased since: an erasure leaves no file that held it. */
    Dataset<Row> at(long version) {
        return spark.read()
                .format("delta")
                .option("versionAsOf", log.rewritten(version))
                .load(uri);
    }

    /** All records as of now. */
    Dataset<Row> newest() {
        return spark.read().format("delta").load(uri);
    }

    /**
     * Takes out of records all that they held; their positions stay. The condition names positions only, for the table's log
     * keeps it.
     *
     * @param positions topic id, partition and offset of the records
     * @param reason why they are no events
     */
    void erase(Dataset<Row> positions, String reason) {
        Map<String, Column> nothing = new LinkedHashMap<>();
        StructType schema = schema();
        for (String column : List.of(
                ArchiveSchema.EVENT_TIME,
                ArchiveSchema.KEY,
                ArchiveSchema.HEADERS,
                ArchiveSchema.PAYLOAD,
                ArchiveSchema.EVENT)) {
            nothing.put(column, functions.lit(null).cast(schema.apply(column).dataType()));
        }
        nothing.put(ArchiveSchema.REASON, functions.lit(reason));
        update(positions, nothing);
    }

    /**
     * Puts what was found out anew about records in place of what was found out before.
     *
     * @param rows as {@link ArchiveRows} makes them
     */
    void revise(Dataset<Row> rows) {
        Map<String, Column> found = new LinkedHashMap<>();
        for (String column :
                List.of(ArchiveSchema.EVENT_TIME, ArchiveSchema.REASON, ArchiveSchema.READ_AS, ArchiveSchema.EVENT)) {
            found.put(column, functions.col("changed." + column));
        }
        update(rows, found);
    }

    private void update(Dataset<Row> changed, Map<String, Column> columns) {
        // Today's records apart: appends go on there, and a commit that they overtake is made again.
        String today = "archived." + ArchiveSchema.INGEST_DATE + " %s DATE'" + LocalDate.now(ZoneOffset.UTC) + "'";
        update(changed, String.format(Locale.ROOT, today, "<"), columns);
        update(changed, String.format(Locale.ROOT, today, ">="), columns);
    }

    /** Where a writer left deletion vectors, the rows that they name are still in its files: these are rewritten without. */
    void applyDeletions() {
        spark.sql("REORG TABLE delta.`" + uri + "` APPLY (PURGE)");
    }

    private void update(Dataset<Row> changed, String dates, Map<String, Column> columns) {
        String same = List.of(ArchiveSchema.TOPIC_ID, ArchiveSchema.PARTITION, ArchiveSchema.OFFSET).stream()
                .map(column -> "archived.`" + column + "` = changed.`" + column + "`")
                .collect(Collectors.joining(" AND "));
        for (int attempt = 1; ; attempt++) {
            try {
                DeltaTable.forPath(spark, uri)
                        .as("archived")
                        .merge(changed.as("changed"), same + " AND " + dates)
                        .withSchemaEvolution()
                        .whenMatched()
                        .update(columns)
                        .execute();
                return;
            } catch (DeltaConcurrentModificationException overtaken) {
                if (attempt == UPDATE_ATTEMPTS) {
                    throw overtaken;
                }
            }
        }
    }

    /** Names of data files that the newest version's log has and that are not there. */
    List<String> missingFiles() {
        Map<Path, List<Path>> directories = Arrays.stream(newest().inputFiles())
                .map(file -> new Path(URI.create(file)))
                .collect(Collectors.groupingBy(Path::getParent));
        List<String> missing = new ArrayList<>();
        directories.forEach((directory, files) -> {
            Set<String> there = names(directory);
            files.stream()
                    .map(Path::getName)
                    .filter(name -> !there.contains(name))
                    .forEach(missing::add);
        });
        return missing;
    }

    /** One listing of a directory costs less than a question for each of its files. */
    private Set<String> names(Path directory) {
        try {
            FileSystem files = directory.getFileSystem(spark.sessionState().newHadoopConf());
            return Arrays.stream(files.listStatus(directory))
                    .map(status -> status.getPath().getName())
                    .collect(Collectors.toSet());
        } catch (FileNotFoundException gone) {
            return Set.of();
        } catch (IOException unreachable) {
            throw new UncheckedIOException(unreachable);
        }
    }

    /** Ingest dates whose records are spread over at least so many files. */
    List<LocalDate> datesOfManyFiles(int files) {
        Map<LocalDate, Integer> counts = new TreeMap<>();
        for (String file : newest().inputFiles()) {
            Matcher date = DATE_OF_FILE.matcher(file);
            if (date.find()) {
                counts.merge(LocalDate.parse(date.group(1)), 1, Integer::sum);
            }
        }
        counts.values().removeIf(count -> count < files);
        return List.copyOf(counts.keySet());
    }

    /** Rewrites the files of these ingest dates as few large ones. What the table holds stays the same. */
    void compact(Collection<LocalDate> dates) {
        for (LocalDate date : dates) {
            DeltaTable.forPath(spark, uri)
                    .optimize()
                    .where(ArchiveSchema.INGEST_DATE + " = '" + date + "'")
                    .executeCompaction();
        }
    }

    /**
     * The condition on archived records to lie before {@code to} and not before {@code from}. It names single partitions,
     * so that files can be skipped by their statistics.
     */
    static Column between(Positions from, Positions to) {
        Column any = functions.lit(false);
        for (var topic : to.asMap().entrySet()) {
            for (var partition : topic.getValue().entrySet()) {
                Column here = functions
                        .col(ArchiveSchema.TOPIC_ID)
                        .equalTo(topic.getKey())
                        .and(functions.col(ArchiveSchema.PARTITION).equalTo(partition.getKey()))
                        .and(functions.col(ArchiveSchema.OFFSET).lt(partition.getValue()));
                long start = from.offset(topic.getKey(), partition.getKey());
                any = any.or(
                        start == 0
                                ? here
                                : here.and(functions.col(ArchiveSchema.OFFSET).geq(start)));
            }
        }
        return any;
    }
}
