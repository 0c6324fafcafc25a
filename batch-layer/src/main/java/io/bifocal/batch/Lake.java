package io.bifocal.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** One model's Delta tables: its archive, and a gold table for each rollup. */
record Lake(SparkSession spark, String archiveUri, String model) {
    ArchiveTable archive() {
        return new ArchiveTable(spark, archiveUri, model);
    }

    String goldUri(String rollup) {
        return new Path(archiveUri, model + "/gold/" + rollup).toString();
    }

    /** Deletes the gold tables of other rollups than these. */
    void dropGoldBut(Set<String> rollups) {
        for (Path table : within(new Path(archiveUri, model + "/gold"))) {
            if (!rollups.contains(table.getName())) {
                delete(table);
            }
        }
    }

    /** What a directory holds; nothing where there is none. */
    List<Path> within(Path directory) {
        try {
            FileStatus[] all = files().exists(directory) ? files().listStatus(directory) : new FileStatus[0];
            return Arrays.stream(all).map(FileStatus::getPath).toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Deletes a directory and all that is in it. */
    void delete(Path directory) {
        try {
            boolean unused = files().delete(directory, true);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The table of every number that a publication moved. */
    String restatementsUri() {
        return new Path(archiveUri, model + "/restatements").toString();
    }

    /** The directory of what is to be told of publications. */
    Path untold() {
        return new Path(archiveUri, model + "/untold");
    }

    /** The file system of all of these. */
    FileSystem files() {
        try {
            return new Path(archiveUri).getFileSystem(spark.sessionState().newHadoopConf());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    int shufflePartitions() {
        return Integer.parseInt(spark.conf().get("spark.sql.shuffle.partitions"));
    }
}
