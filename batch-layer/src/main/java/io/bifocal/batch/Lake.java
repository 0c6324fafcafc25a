package io.bifocal.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
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
        Path gold = new Path(archiveUri, model + "/gold");
        try {
            FileSystem files = files();
            for (FileStatus table : files.exists(gold) ? files.listStatus(gold) : new FileStatus[0]) {
                if (!rollups.contains(table.getPath().getName())) {
                    boolean unused = files.delete(table.getPath(), true);
                }
            }
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
