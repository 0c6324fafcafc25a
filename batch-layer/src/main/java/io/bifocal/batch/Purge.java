package io.bifocal.batch;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.SparkSession;

/**
 * Deletes a Delta table's files that its newest version does not need, at once. Delta's own VACUUM cannot tell a file that an
 * append is writing from one that is left over unless it spares what was removed lately, which is what has to go here.
 */
final class Purge {
    private final SparkSession spark;
    private final Path table;

    Purge(SparkSession spark, String table) {
        this.spark = spark;
        this.table = new Path(table);
    }

    /**
     * Returns how many were deleted.
     *
     * @param before files that were written later stay: an append may be about to commit them
     */
    long run(Instant before) {
        try {
            FileSystem files = table.getFileSystem(spark.sessionState().newHadoopConf());
            Set<String> needed = new HashSet<>();
            Arrays.stream(spark.read().format("delta").load(table.toString()).inputFiles())
                    .forEach(file -> needed.add(name(URI.create(file).getPath())));
            long deleted = 0;
            RemoteIterator<LocatedFileStatus> all = files.listFiles(table, true);
            while (all.hasNext()) {
                LocatedFileStatus file = all.next();
                Path path = file.getPath();
                boolean data = !path.toString().contains("/_delta_log/");
                if (data
                        && !needed.contains(name(path.toUri().getPath()))
                        && file.getModificationTime() < before.toEpochMilli()
                        && files.delete(path, false)) {
                    deleted++;
                }
            }
            return deleted;
        } catch (FileNotFoundException gone) {
            return 0;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Unique in a table: Delta names files at random. */
    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
